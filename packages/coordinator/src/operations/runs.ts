import { defined, type Plan, type RunEventOf, type RunRequest, type RunStarted } from '@vhive/shared';
import { canonicalJson, inputHash } from '../runs/input-hash.ts';
import type { Runner, RunOrder } from '../runs/runner.ts';
import { withWaits } from '../runs/with-waits.ts';
import type { NewestProgress } from './newest-progress.ts';
import type { Operations } from './operations.ts';
import { type PlannedRun, type PlanningParts, planFor } from './planning.ts';

/** The parts on which the operations on runs act. */
export interface RunParts extends PlanningParts {
  runner: Runner;
  /** What running steps said last. */
  newest: NewestProgress;
  /** Throws `usage` when a mirror tree lacks files that the plan fetches. */
  refuseMissingFiles(plan: Plan, mirror: string): Promise<void>;
  /** Remembers how this coordinator answers, as agents and later commands must find it. */
  remember(): Promise<void>;
}

/** The operations on plans and runs. */
export function runOperations(
  parts: RunParts,
): Pick<Operations, 'plan' | 'runs' | 'startRun' | 'run' | 'retryRun' | 'cancelRun'> {
  const { runner, newest } = parts;
  return {
    plan: async (request) => (await planFor(request, parts)).plan,
    async startRun(request) {
      const planned = await planFor(request, parts);
      const { mirror } = planned.basis;
      if (mirror !== undefined) await parts.refuseMissingFiles(planned.plan, mirror);
      if (request.mode === 'apply') await parts.remember();
      const started = await runner.start(orderOf(request, planned));
      return { runId: started.runId, resumed: started.resumed, ...resumedFrom(started.created, planned) };
    },
    async runs() {
      return (await runner.views()).map(({ runId, mode, status, job, createdAt, finishedAt, standing }) => ({
        ...{ runId, mode, status, createdAt },
        ...defined({ job, finishedAt, standing }),
      }));
    },
    run: async ({ id }) => withWaits(await runner.view(id), newest.ofRun(id)),
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

function orderOf(request: RunRequest, { plan, nodes, basis }: PlannedRun): RunOrder {
  const { mode, until, skip, limit, timeoutSeconds, spentSeconds = 0 } = request;
  const { mirror = null } = basis;
  return {
    ...{ plan, mode, basis },
    inputHash: inputHash({ config: basis.config, nodes: [...request.nodes].sort(), mode, until, skip, limit, mirror }),
    giveUpAfterMs: request.config.limits.giveUpAfterSeconds * 1000,
    ...timeLimit(timeoutSeconds, spentSeconds),
    unreachable: nodes
      .filter((node) => node.status !== 'reachable')
      .map((node) => ({ node: node.name, lastSeen: node.lastSeen ?? node.enrolledAt })),
  };
}

/** Says what a resumed run still goes by: its own settings and plan, which may be those of an older program. */
function resumedFrom(created: RunEventOf<'run.created'> | undefined, today: PlannedRun): Pick<RunStarted, 'from'> {
  if (created === undefined) return {};
  const { basis, at } = created;
  return {
    from: {
      createdAt: at,
      samePlan: canonicalJson(created.plan) === canonicalJson(today.plan),
      ...defined({ version: basis?.version, file: basis?.settings.file?.path, mirror: basis?.mirror }),
    },
  };
}
