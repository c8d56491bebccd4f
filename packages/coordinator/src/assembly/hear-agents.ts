import type { EventEmitter } from 'node:events';
import type { Progress, UsageSample } from '@vhive/shared';
import type { AgentLink } from '../nats/agent-link.ts';
import type { LogStore } from '../nats/log-store.ts';
import type { NodeRegistry } from '../nodes/node-registry-interface.ts';
import type { Runner } from '../runs/runner.ts';

/** The parts of the coordinator to which it matters what agents say. */
export interface AgentHearers {
  link: AgentLink;
  nodes: NodeRegistry;
  runner: Runner;
  logs: LogStore;
  progress: EventEmitter<{ progress: [executor: string, progress: Progress] }>;
  usage: { heard(node: string, sample: UsageSample): void };
}

/**
 * Hears all that agents say, and hands on what each of them was asked for. The rest is counted under its sender's name.
 * Returns a function that ends it, and resolves when what came before is taken in.
 */
export function hearAgents({ link, nodes, runner, logs, progress, usage }: AgentHearers): () => Promise<void> {
  const channels = [
    link.hearHeartbeats((node, heartbeat) => nodes.heartbeat(node, heartbeat)),
    link.hearProgress((node, said) => {
      const standing = runner.standingOf(node, said);
      if (standing === 'live') progress.emit('progress', node, said);
      else if (standing === 'foreign') link.countForeign(node, 'prg', about(said));
    }),
    link.hearUsage((node, sample) => usage.heard(node, sample)),
    link.takeLogs(async (node, batch, id) => {
      const standing = runner.standingOf(node, batch);
      if (standing === 'unknown') return 'stale';
      if (standing === 'foreign') {
        link.countForeign(node, 'log', about(batch));
        return 'foreign';
      }
      await logs.append(node, batch, id);
      return 'stored';
    }),
    link.takeEvents(async (node, event) => {
      const outcome = await runner.agentEvent(node, event);
      if (outcome === 'foreign') link.countForeign(node, 'evt', about(event.result));
      return outcome;
    }),
  ];
  return async () => {
    await Promise.all(channels.map((channel) => channel.stop()));
  };
}

function about({ stepId, attemptId }: { stepId: string; attemptId: string }): string {
  return `it speaks of an attempt that it was not asked for: ${stepId} (${attemptId})`;
}
