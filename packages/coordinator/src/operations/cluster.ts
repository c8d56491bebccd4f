import { type RunView, VERSION } from '@vhive/shared';
import type { AgentLink } from '../nats/agent-link.ts';
import type { LogStore } from '../nats/log-store.ts';
import type { NodeRegistry } from '../nodes/node-registry-interface.ts';
import type { Runner } from '../runs/runner.ts';
import { withWaits } from '../runs/with-waits.ts';
import type { NewestProgress } from './newest-progress.ts';
import type { Operations } from './operations.ts';

/** The parts from which the picture of the whole cluster is made. */
export interface ClusterParts {
  cluster: string;
  natsVersion: string;
  nodes: NodeRegistry;
  runner: Runner;
  logs: LogStore;
  link: AgentLink;
  newest: NewestProgress;
}

/** The operations on the cluster as a whole. */
export function clusterOperations(parts: ClusterParts): Pick<Operations, 'status'> {
  return {
    status: () => ({
      cluster: parts.cluster,
      version: VERSION,
      time: new Date().toISOString(),
      natsVersion: parts.natsVersion,
      rejected: sum(parts.link.rejected(), parts.logs.rejected()),
      nodes: parts.nodes.views(),
      applicants: parts.nodes.applicants(),
      run: shownRun(parts),
    }),
  };
}

function shownRun({ runner, newest }: ClusterParts): RunView | null {
  const run = runner.shown();
  return run === undefined ? null : withWaits(run, newest.ofRun(run.runId));
}

function sum(...counts: Record<string, number>[]): Record<string, number> {
  const total: Record<string, number> = {};
  for (const one of counts)
    for (const [reason, count] of Object.entries(one)) total[reason] = (total[reason] ?? 0) + count;
  return total;
}
