import { COORDINATOR, type RunView, type StepStatus, type StepView } from '@vhive/shared';
import type { NodeOutcome, NodeReport, PhaseReport } from '../json-lines.ts';

/** The outcome of a run, per node and per phase: everything that the final report and the result line show. */
export interface RunReport {
  runId: string;
  mode: RunView['mode'];
  status: RunView['status'];
  /** The nodes in the run's order. The coordinator's own steps come last, when there are any. */
  nodes: NodeReport[];
  /**
   * The time of each phase from the beginning of its first step to the end of its last one on any node, in seconds;
   * null when it has not begun.
   */
  phases: { phase: string; seconds: number | null }[];
  /** The number of tasks over all nodes. */
  changed: number;
  unchanged: number;
}

/** Makes the report of a run as it stands at `now`. */
export function reportOf(view: RunView, now: Date): RunReport {
  const byNode = Map.groupBy(view.steps, (step) => step.node);
  const phaseNames = view.phases.map(({ name }) => name);
  const nodes = view.nodes.map((node) => {
    const steps = byNode.get(node.name) ?? [];
    return reportOfNode(node.name, outcomeOf(node.status, steps), steps, phaseNames, now, node.failure);
  });
  const own = byNode.get(COORDINATOR) ?? [];
  if (own.length > 0) nodes.push(reportOfNode(COORDINATOR, outcomeOf('ok', own), own, phaseNames, now, undefined));
  const all = nodes.flatMap((node) => node.phases);
  const byPhase = Map.groupBy(view.steps, (step) => step.phase);
  return {
    runId: view.runId,
    mode: view.mode,
    status: view.status,
    nodes,
    phases: phaseNames.map((phase) => ({ phase, seconds: secondsOf(byPhase.get(phase) ?? [], now) })),
    changed: all.reduce((sum, phase) => sum + phase.changed, 0),
    unchanged: all.reduce((sum, phase) => sum + phase.unchanged, 0),
  };
}

/** Counts the tasks of steps that changed something (or would), and those that did not. */
export function taskCounts(steps: readonly Pick<StepView, 'tasks'>[]): { changed: number; unchanged: number } {
  const statuses = steps.flatMap((step) => step.tasks.map((task) => task.status));
  return {
    changed: statuses.filter((status) => status === 'changed' || status === 'would-change').length,
    unchanged: statuses.filter((status) => status === 'unchanged').length,
  };
}

/**
 * The time from the first beginning to the last end (or to `now`, while a step runs), in seconds; null when no step has
 * begun.
 */
export function secondsOf(steps: readonly StepView[], now: Date): number | null {
  const begun = steps.filter((step) => step.startedAt !== undefined);
  if (begun.length === 0) return null;
  const first = Math.min(...begun.map((step) => Date.parse(step.startedAt ?? '')));
  const last = Math.max(
    ...begun.map((step) => (step.finishedAt === undefined ? now.getTime() : Date.parse(step.finishedAt))),
  );
  return Math.max(0, last - first) / 1000;
}

/**
 * The statuses from the worst to the best. The first that one of the steps has is what a person needs to know of
 * several steps of one phase.
 */
const precedence: readonly StepStatus[] = ['failed', 'running', 'waiting', 'skipped', 'pending', 'done'];

/** Combines the statuses of several steps into one. */
export function combined(steps: readonly StepView[]): StepStatus {
  return precedence.find((status) => steps.some((step) => step.status === status)) ?? 'pending';
}

function reportOfNode(
  name: string,
  outcome: NodeOutcome,
  steps: readonly StepView[],
  phaseNames: readonly string[],
  now: Date,
  cause: NodeReport['failure'],
): NodeReport {
  const byPhase = Map.groupBy(steps, (step) => step.phase);
  const phases = phaseNames.flatMap((phase): PhaseReport[] => {
    const own = byPhase.get(phase);
    if (!own) return [];
    return [{ phase, status: combined(own), seconds: secondsOf(own, now), ...taskCounts(own) }];
  });
  const failed = steps.find((step) => step.status === 'failed');
  // The failure of the node repeats the cause together with the step before it. The report shows these apart.
  const failure = failed?.failure ?? cause;
  return {
    name,
    outcome,
    phases,
    ...(failure === undefined
      ? {}
      : { failure: { ...failure, ...(failed ? { phase: failed.phase, step: failed.id } : {}) } }),
  };
}

function outcomeOf(status: RunView['nodes'][number]['status'], steps: readonly StepView[]): NodeOutcome {
  if (status !== 'ok') return status;
  if (steps.some((step) => step.status === 'failed')) return 'failed';
  return steps.every((step) => step.status === 'done') ? 'ready' : 'unfinished';
}
