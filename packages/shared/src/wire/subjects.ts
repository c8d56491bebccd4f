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

export type AgentChannel = 'cmd' | 'evt' | 'log' | 'prg' | 'hb';

const root = (cluster: string) => `vhive.${cluster}`;

/** Subject of one channel of one agent; `*` as node matches all agents. */
export function agentSubject(cluster: string, node: string, channel: AgentChannel): string {
  return `${root(cluster)}.agent.${node}.${channel}`;
}

/** Prefix of the inboxes of an agent's own requests (NATS `inboxPrefix`). */
export function agentInboxPrefix(cluster: string, node: string): string {
  return `${root(cluster)}.agent.${node}.inbox`;
}

/** The node named in an agent subject, or undefined when the subject is none. */
export function nodeOfSubject(cluster: string, subject: string): string | undefined {
  const prefix = `${root(cluster)}.agent.`;
  return subject.startsWith(prefix) ? subject.slice(prefix.length).split('.')[0] : undefined;
}

/** Subject of the output of an agent's steps, or of the coordinator's own; `*` matches all agents (not the coordinator). */
export function logSubject(cluster: string, executor: string): string {
  return executor === COORDINATOR ? `${root(cluster)}.coordinator.log` : agentSubject(cluster, executor, 'log');
}

/** Whose output stands under a log subject, or undefined when the subject is none. */
export function executorOfLogSubject(cluster: string, subject: string): string | undefined {
  return subject === logSubject(cluster, COORDINATOR) ? COORDINATOR : nodeOfSubject(cluster, subject);
}

/** Subject of a run's events in the event store; `*` matches all runs. */
export function runSubject(cluster: string, run: string): string {
  return `${root(cluster)}.run.${run}`;
}

/** What an agent's user JWT allows: only its own subjects, replies to requests made to it, nothing of JetStream's API. */
export function agentPermissions(cluster: string, node: string) {
  return {
    publish: (['evt', 'log', 'prg', 'hb'] as const).map((channel) => agentSubject(cluster, node, channel)),
    subscribe: [agentSubject(cluster, node, 'cmd'), `${agentInboxPrefix(cluster, node)}.>`],
  };
}

/** Names of the JetStream streams and buckets of a cluster. JetStream names take no dots. */
export function streamNames(cluster: string) {
  const suffix = cluster.replaceAll('-', '_').toUpperCase();
  return {
    /** Event store of the runs; kept for ever. */
    runs: `VHIVE_RUNS_${suffix}`,
    /** Results and step events of agents; removed once folded into the event store. */
    events: `VHIVE_EVENTS_${suffix}`,
    /** Output of steps; bounded by size and age. */
    logs: `VHIVE_LOGS_${suffix}`,
    /** KV bucket: registered nodes, leader lease. */
    registry: `VHIVE_REGISTRY_${suffix}`,
    /** KV bucket with a time to live: the leader's lease. */
    lease: `VHIVE_LEASE_${suffix}`,
  };
}
