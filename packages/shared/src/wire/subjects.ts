/**
 * Every NATS subject and stream name of the system is built here and nowhere else.
 *
 *     vhive.<cluster>.agent.<node>.cmd      coordinator to agent, request and reply
 *     vhive.<cluster>.agent.<node>.evt      agent to coordinator, JetStream: results
 *     vhive.<cluster>.agent.<node>.log      agent to coordinator, JetStream: output of steps
 *     vhive.<cluster>.agent.<node>.prg      agent to coordinator, core NATS: progress within a step, may be lost
 *     vhive.<cluster>.agent.<node>.hb       agent to coordinator, core NATS request: heartbeat, answered with the time
 *     vhive.<cluster>.agent.<node>.inbox.>  replies to that agent's requests
 *     vhive.<cluster>.coordinator.log       the coordinator's own output, JetStream: no agent may publish there
 *     vhive.<cluster>.run.<run>             the event store: one subject per run
 */
import { COORDINATOR } from '../names.ts';

/** The channels of an agent, which are the last part of its subjects. */
export type AgentChannel = 'cmd' | 'evt' | 'log' | 'prg' | 'hb';

const root = (cluster: string) => `vhive.${cluster}`;

/** Returns the subject of one channel of one agent; `*` as node matches all agents. */
export function agentSubject(cluster: string, node: string, channel: AgentChannel): string {
  return `${root(cluster)}.agent.${node}.${channel}`;
}

/** Returns the prefix of the inboxes of an agent's own requests (NATS `inboxPrefix`). */
export function agentInboxPrefix(cluster: string, node: string): string {
  return `${root(cluster)}.agent.${node}.inbox`;
}

/** Returns the node that an agent's subject names, or undefined when the subject is not an agent's. */
export function nodeOfSubject(cluster: string, subject: string): string | undefined {
  const prefix = `${root(cluster)}.agent.`;
  return subject.startsWith(prefix) ? subject.slice(prefix.length).split('.')[0] : undefined;
}

/**
 * Returns the subject of the output of an agent's steps, or of the coordinator's own; `*` matches all agents, but not
 * the coordinator.
 */
export function logSubject(cluster: string, executor: string): string {
  return executor === COORDINATOR ? `${root(cluster)}.coordinator.log` : agentSubject(cluster, executor, 'log');
}

/** Returns the executor whose output a log subject carries, or undefined when the subject is not a log subject. */
export function executorOfLogSubject(cluster: string, subject: string): string | undefined {
  return subject === logSubject(cluster, COORDINATOR) ? COORDINATOR : nodeOfSubject(cluster, subject);
}

/** Returns the subject of a run's events in the event store; `*` matches all runs. */
export function runSubject(cluster: string, run: string): string {
  return `${root(cluster)}.run.${run}`;
}

/**
 * Returns what an agent's user JWT allows: only its own subjects and replies to requests made to it, and nothing of the
 * API of JetStream.
 */
export function agentPermissions(cluster: string, node: string) {
  return {
    publish: (['evt', 'log', 'prg', 'hb'] as const).map((channel) => agentSubject(cluster, node, channel)),
    subscribe: [agentSubject(cluster, node, 'cmd'), `${agentInboxPrefix(cluster, node)}.>`],
  };
}

/** Returns the names of the JetStream streams and buckets of a cluster. Such names may not have dots. */
export function streamNames(cluster: string) {
  const suffix = cluster.replaceAll('-', '_').toUpperCase();
  return {
    /** The event store of the runs, which is kept for ever. */
    runs: `VHIVE_RUNS_${suffix}`,
    /** The results that agents send. They are removed once they are folded into the event store. */
    events: `VHIVE_EVENTS_${suffix}`,
    /** The output of steps, bounded by size and age. */
    logs: `VHIVE_LOGS_${suffix}`,
    /** The KV bucket of the leader's lease, whose entries have a time to live. */
    lease: `VHIVE_LEASE_${suffix}`,
  };
}
