/**
 * Every NATS subject and stream name of the system is built here and nowhere else.
 *
 * In the account of the agents, which has no JetStream:
 *
 *     vhive.<cluster>.agent.<node>.cmd      coordinator to agent, request and reply
 *     vhive.<cluster>.agent.<node>.evt      agent to coordinator, request: results, answered with a receipt once stored
 *     vhive.<cluster>.agent.<node>.log      agent to coordinator, request: output of steps, answered with a receipt
 *     vhive.<cluster>.agent.<node>.prg      agent to coordinator: progress within a step, may be lost
 *     vhive.<cluster>.agent.<node>.use      agent to coordinator: what its host uses, while it is asked to; may be lost
 *     vhive.<cluster>.agent.<node>.hb       agent to coordinator, request: heartbeat, answered with the time
 *     vhive.<cluster>.agent.<node>.inbox.>  answers to that agent's requests
 *     vhive.<cluster>.coordinator.inbox.>   answers to the coordinator's requests
 *
 * In the coordinator's own account, into which nothing comes from the other:
 *
 *     vhive.<cluster>.logs.<executor>       the output of steps, JetStream
 *     vhive.<cluster>.run.<run>             the event store, JetStream: one subject per run
 */

/** The channels of an agent, which are the last part of its subjects. */
export type AgentChannel = 'cmd' | 'evt' | 'log' | 'prg' | 'use' | 'hb';

const root = (cluster: string) => `vhive.${cluster}`;

/** Returns the subject of one channel of one agent; `*` as node matches all agents. */
export function agentSubject(cluster: string, node: string, channel: AgentChannel): string {
  return `${root(cluster)}.agent.${node}.${channel}`;
}

/** Returns the prefix of the inboxes of an agent's own requests (NATS `inboxPrefix`). */
export function agentInboxPrefix(cluster: string, node: string): string {
  return `${root(cluster)}.agent.${node}.inbox`;
}

/** Returns the prefix of the inboxes of the coordinator's own requests to agents. */
export function coordinatorInboxPrefix(cluster: string): string {
  return `${root(cluster)}.coordinator.inbox`;
}

/** Returns the node that an agent's subject names, or undefined when the subject is not an agent's. */
export function nodeOfSubject(cluster: string, subject: string): string | undefined {
  const prefix = `${root(cluster)}.agent.`;
  return subject.startsWith(prefix) ? subject.slice(prefix.length).split('.')[0] : undefined;
}

/** Returns the subject under which an executor's output is stored; `*` matches all executors. */
export function logSubject(cluster: string, executor: string): string {
  return `${root(cluster)}.logs.${executor}`;
}

/** Returns the executor whose output a log subject carries, or undefined when the subject is not a log subject. */
export function executorOfLogSubject(cluster: string, subject: string): string | undefined {
  const prefix = logSubject(cluster, '');
  return subject.startsWith(prefix) ? subject.slice(prefix.length) : undefined;
}

/** Returns the subject of a run's events in the event store; `*` matches all runs. */
export function runSubject(cluster: string, run: string): string {
  return `${root(cluster)}.run.${run}`;
}

/** What a user of the agents' account may do, as lists of subjects. */
export interface Permissions {
  publish: string[];
  subscribe: string[];
}

/** The channels on which an agent speaks. */
const spoken = ['evt', 'log', 'prg', 'use', 'hb'] as const;

/** The channels on which a user JWT of today lets an agent speak. One of an older version may not have all of them. */
export const SPOKEN_CHANNELS = spoken.join(' ');

/** Returns what an agent's user JWT allows: only its own subjects and replies to requests made to it. */
export function agentPermissions(cluster: string, node: string): Permissions {
  return {
    publish: spoken.map((channel) => agentSubject(cluster, node, channel)),
    subscribe: [agentSubject(cluster, node, 'cmd'), `${agentInboxPrefix(cluster, node)}.>`],
  };
}

/**
 * Returns what the coordinator itself may do in the account of the agents: hear them, and send commands and answers. So
 * even an answer to a reply subject that nobody had checked could reach nothing but an agent.
 */
export function agentLinkPermissions(cluster: string): Permissions {
  return {
    publish: [agentSubject(cluster, '*', 'cmd'), `${agentInboxPrefix(cluster, '*')}.>`],
    subscribe: [
      ...spoken.map((channel) => agentSubject(cluster, '*', channel)),
      `${coordinatorInboxPrefix(cluster)}.>`,
    ],
  };
}

/** Returns the names of the JetStream streams and buckets of a cluster. Such names may not have dots. */
export function streamNames(cluster: string) {
  const suffix = cluster.replaceAll('-', '_').toUpperCase();
  return {
    /** The event store of the runs, which is kept for ever. */
    runs: `VHIVE_RUNS_${suffix}`,
    /** Where earlier versions kept results that were not folded yet. The stream is removed where it is found. */
    formerEvents: `VHIVE_EVENTS_${suffix}`,
    /** The output of steps, bounded by size and age. */
    logs: `VHIVE_LOGS_${suffix}`,
    /** The KV bucket of the leader's lease, whose entries have a time to live. */
    lease: `VHIVE_LEASE_${suffix}`,
  };
}
