import type { Identity } from '@vhive/agent/transport/enrolment/identity';
import type { Memory } from './process-usage.ts';

/**
 * How agents keep their journals. With `memory` nothing outlives the process; with `disk` each agent has an SQLite
 * file, as real ones do.
 */
export type JournalKind = 'memory' | 'disk';

/** A message from the coordinator's process to that of the agents: start these agents. */
export interface StartAgents {
  identities: Identity[];
  journal: JournalKind;
}

/** A message from the process of the agents: all of them are registered, and this took so many milliseconds. */
export interface AgentsReady {
  registeredMs: number;
}

/** What to measure of a single agent. */
export interface AgentOrder {
  /** A name for people: `release` or `source`. */
  kind: string;
  /** The path of the launcher. */
  program: string;
  /** How many starts of each kind are measured. */
  runs: number;
  /** How long the agent is left alone before the measurement (settleMs) and during it (idleMs), in milliseconds. */
  settleMs: number;
  idleMs: number;
}

/** What a single agent costs. Times are in milliseconds from the start of its process until it is registered. */
export interface AgentCost extends AgentOrder {
  /** The times of a new host, which makes its keys and enrols over HTTPS with a join token. */
  enrolMs: number[];
  /** The times of a host that was enrolled before. */
  registeredMs: number[];
  /** The CPU time while idle, in per cent of one CPU. */
  idleCpuPercent: number;
  idleMemoryMiB: Memory;
}

/** What a journal on disk costs, as medians in milliseconds. */
export interface JournalCost {
  steps: number;
  /** The time of a step, from being accepted (synced to the disk) to being finished (written). */
  stepMs: number;
  /** The time to write and sync 4 KiB. */
  syncMs: number;
}

/** What one run of a fleet is asked for. */
export interface FleetOrder {
  agents: number;
  /** The number of no-op steps per agent, which run one after the other. */
  steps: number;
  /**
   * The number of rounds of the floor (rounds) and of repetitions of the run (runs). The first of each is reported
   * apart, because nothing is warm then.
   */
  rounds: number;
  runs: number;
  journal: JournalKind;
}

/** What a run took, and the floor around it. All times are in milliseconds. */
export interface FleetResult extends FleetOrder {
  natsVersion: string;
  /** The time from the start of the process until the last agent is registered. */
  registeredMs: number;
  /** The times of the rounds, each of which is one request to each agent and all replies. */
  floorRoundsMs: { before: number[]; after: number[] };
  /** The time of `steps` rounds of the floor, calculated from the median round; the first round is left out. */
  floorMs: number;
  /** The time of the first run of this coordinator (firstMs), and the median of the later runs (orchestrationMs). */
  firstMs: number;
  orchestrationMs: number;
  allMs: number[];
  ratio: number;
  firstRatio: number;
  /**
   * The CPU time of all three processes over the last run, relative to that of the same number of rounds of the floor.
   */
  cpuRatio: number | null;
  /** The events that the last run stored, and its writes. */
  eventsStored: number;
  writes: number;
  /** The CPU time over the last run, and the resident memory after it. */
  usage: Usage;
  /** The same over `rounds + 1` rounds of the floor. */
  floorUsage: Usage;
}

/** What the processes used. */
export type Usage = Record<'coordinator' | 'agents' | 'natsServer', { cpuMs: number; rssMiB: number }>;
