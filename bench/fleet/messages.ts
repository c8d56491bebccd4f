import type { Identity } from '@vhive/agent/transport/enrolment/identity';
import type { Memory } from './process-usage.ts';

/** How agents keep their journals. memory: nothing outlives the process; disk: as in real life, one SQLite file each. */
export type JournalKind = 'memory' | 'disk';

/** From the coordinator's process to the agents': start these agents. */
export interface StartAgents {
  identities: Identity[];
  journal: JournalKind;
}

/** From the agents' process: all are registered, after so many milliseconds. */
export interface AgentsReady {
  registeredMs: number;
}

/** What to measure of a single agent. */
export interface AgentOrder {
  /** For people: `release` or `source`. */
  kind: string;
  /** The launcher. */
  program: string;
  /** Starts of each sort. */
  runs: number;
  /** How long it is left alone before the measurement and during it, milliseconds. */
  settleMs: number;
  idleMs: number;
}

/** What a single agent costs. Times in milliseconds from the start of its process until it is registered. */
export interface AgentCost extends AgentOrder {
  /** A new host: keys are made, it enrols over HTTPS with a join token. */
  enrolMs: number[];
  /** A host that was enrolled before. */
  registeredMs: number[];
  /** Of one CPU. */
  idleCpuPercent: number;
  idleMemoryMiB: Memory;
}

/** What a journal on disk costs, milliseconds: medians. */
export interface JournalCost {
  steps: number;
  /** Of a step: accepted (for sure on disk) and finished (written). */
  stepMs: number;
  /** Of 4 KiB written and synced. */
  syncMs: number;
}

/** What one run of a fleet was asked for. */
export interface FleetOrder {
  agents: number;
  /** No-op steps per agent, one after the other. */
  steps: number;
  /** Rounds of the floor and repetitions of the run. The first of each is reported apart: nothing is warm then. */
  rounds: number;
  runs: number;
  journal: JournalKind;
}

/** What a run and the floor around it took. All times in milliseconds. */
export interface FleetResult extends FleetOrder {
  natsVersion: string;
  /** From the start of the process to the last agent registered. */
  registeredMs: number;
  /** Each round: one request to each agent and all replies. */
  floorRoundsMs: { before: number[]; after: number[] };
  /** `steps` rounds of the floor, as the median round (first one left out) has it. */
  floorMs: number;
  /** The first run of this coordinator, and the median of those after it. */
  firstMs: number;
  orchestrationMs: number;
  allMs: number[];
  ratio: number;
  firstRatio: number;
  /** CPU time of all three processes over the last run, relative to the same number of rounds of the floor. */
  cpuRatio: number | null;
  /** Of the last run. */
  eventsStored: number;
  writes: number;
  /** CPU time over the last run, and resident memory after it. */
  usage: Usage;
  /** The same over `rounds + 1` rounds of the floor. */
  floorUsage: Usage;
}

/** What the processes used. */
export type Usage = Record<'coordinator' | 'agents' | 'natsServer', { cpuMs: number; rssMiB: number }>;
