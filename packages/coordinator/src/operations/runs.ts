import { defined, type NodeView, type Plan, type RunRequest } from '@vhive/shared';
import { inputHash } from '../runs/input-hash.ts';
import type { Runner, RunOrder } from '../runs/runner.ts';
import type { Operations } from './operations.ts';
import { type PlanningParts, planFor } from './planning.ts';

/** The parts on which the operations on runs act. */
export interface RunParts extends PlanningParts {
  runner: Runner;
  /** Whether a new run may cancel an unfinished run of other input. The coordinator of a single `up` allows that. */
  supersede: boolean;
}

/** The operations on plans and runs. */
export function runOperations(
  parts: RunParts,
): Pick<Operations, 'plan' | 'runs' | 'startRun' | 'run' | 'retryRun' | 'cancelRun'> {
  const { runner } = parts;
  return {
    plan: async (request) => (await planFor(request, parts)).plan,
    async startRun(request) {
      const { plan, nodes } = await planFor(request, parts);
      return await runner.start(orderOf(request, plan, nodes), { supersede: parts.supersede });
    },
    async runs() {
      return (await runner.views()).map(({ runId, mode, status, createdAt, finishedAt }) => ({
        ...{ runId, mode, status, createdAt },
        ...defined({ finishedAt }),
      }));
    },
    run: ({ id }) => runner.view(id),
    retryRun({ id, nodes }) {
      const present = parts.nodes.views().map(({ name }) => name);
      return runner.retry(id, nodes, present);
    },
    cancelRun: ({ id }) => runner.cancel(id, 'the operator cancelled the run'),
  };
}

/** Returns what is left of a time limit, and what had passed of it. At least a second is left. */
function timeLimit(timeoutSeconds: number | undefined, spentSeconds: number): Pick<RunOrder, 'timeoutMs' | 'spentMs'> {
  if (timeoutSeconds === undefined) return {};
  const spentMs = Math.min(Math.round(spentSeconds * 1000), timeoutSeconds * 1000 - 1000);
  return { timeoutMs: timeoutSeconds * 1000 - spentMs, spentMs };
}

function orderOf(request: RunRequest, plan: Plan, nodes: readonly NodeView[]): RunOrder {
  const { config, mode, until, skip, limit, timeoutSeconds, spentSeconds = 0 } = request;
  return {
    plan,
    mode,
    inputHash: inputHash({ config, nodes: [...request.nodes].sort(), mode, until, skip, limit }),
    giveUpAfterMs: config.limits.giveUpAfterSeconds * 1000,
    ...timeLimit(timeoutSeconds, spentSeconds),
    unreachable: nodes
      .filter((node) => node.status !== 'reachable')
      .map((node) => ({ node: node.name, lastSeen: node.lastSeen ?? node.enrolledAt })),
  };
}
