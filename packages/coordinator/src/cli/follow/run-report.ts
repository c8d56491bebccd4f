import { COORDINATOR, type Failure, type RunView, type StepStatus, type StepView } from '@vhive/shared';
import type { NodeOutcome, NodeReport, PhaseReport } from '../json-lines.ts';
import { secondsAtWork } from './time-at-work.ts';

/** The outcome of a run, per node and per phase: everything that the final report and the result line show. */
export interface RunReport {
  runId: string;
  mode: RunView['mode'];
  status: RunView['status'];
  /** Whether the plan goes as far as the phase `ready`. Only then the outcome can be that the cluster is ready. */
  isWhole: boolean;
  /** The last phase of the plan; '' where it has none. */
  lastPhase: string;
  /** The nodes in the run's order. The coordinator's own steps come last, when there are any. */
  nodes: NodeReport[];
  /** How long each phase was at work on any node, in seconds; null when it has not begun. */
  phases: { phase: string; seconds: number | null }[];
  /** The number of tasks over all nodes. */
  changed: number;
  unchanged: number;
  /** The failures of all steps that failed, and of nodes that failed without one. */
  failures: FailedStep[];
}

/** A step that failed, or a node that did without one. */
export interface FailedStep {
  node: string;
  /** The phase of the step; absent where it is the node that failed. */
  phase?: string;
  failure: Failure;
}

/** The phase that proves that the cluster is ready. */
const LAST_OF_ALL = 'ready';

/** Makes the report of a run as it stands at `now`. */
export function reportOf(view: RunView, now: Date): RunReport {
  const byNode = Map.groupBy(view.steps, (step) => step.node);
  const phaseNames = view.phases.map(({ name }) => name);
  const isWhole = phaseNames.includes(LAST_OF_ALL);
  const well = view.mode === 'check' ? 'checked' : isWhole ? 'ready' : 'done';
  const nodes = view.nodes.map((node) => {
    const steps = byNode.get(node.name) ?? [];
    return reportOfNode(node.name, outcomeOf(node.status, steps, well), steps, phaseNames, now, node.failure);
  });
  const own = byNode.get(COORDINATOR) ?? [];
  if (own.length > 0)
    nodes.push(reportOfNode(COORDINATOR, outcomeOf('ok', own, well), own, phaseNames, now, undefined));
  const all = nodes.flatMap((node) => node.phases);
  const byPhase = Map.groupBy(view.steps, (step) => step.phase);
  return {
    runId: view.runId,
    mode: view.mode,
    status: view.status,
    isWhole,
    lastPhase: phaseNames.at(-1) ?? '',
    nodes,
    phases: phaseNames.map((phase) => ({ phase, seconds: secondsAtWork(byPhase.get(phase) ?? [], now) })),
    changed: all.reduce((sum, phase) => sum + phase.changed, 0),
    unchanged: all.reduce((sum, phase) => sum + phase.unchanged, 0),
    failures: failuresOf(view),
  };
}

/** Gathers the failures: all of a node's own, or else the cause for which it was given up. */
function failuresOf(view: RunView): FailedStep[] {
  const failed = view.steps.flatMap(({ node, phase, status, failure }) =>
    status === 'failed' && failure !== undefined ? [{ node, phase, failure }] : [],
  );
  const told = new Set(failed.map(({ node }) => node));
  const others = view.nodes.flatMap(({ name, failure }) =>
    failure === undefined || told.has(name) || failure.code === 'not-run' ? [] : [{ node: name, failure }],
  );
  return [...failed, ...others];
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
    return [{ phase, status: combined(own), seconds: secondsAtWork(own, now), ...taskCounts(own) }];
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

/** Decides the outcome of a node. `well` is what it is when everything is done. */
function outcomeOf(
  status: RunView['nodes'][number]['status'],
  steps: readonly StepView[],
  well: NodeOutcome,
): NodeOutcome {
  if (status !== 'ok') return status;
  if (steps.some((step) => step.status === 'failed')) return 'failed';
  return steps.every((step) => step.status === 'done') ? well : 'unfinished';
}
