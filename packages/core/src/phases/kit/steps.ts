import { COORDINATOR, defined, type Step, type StepPolicy, type Task } from '@vhive/shared';
import type { PhaseContext, PlanNode } from './context.ts';
import { timeLimitOf } from './task.ts';

/** Longest time limit of a step, milliseconds, however many tasks it has. */
const MAX_STEP_MS = 60 * 60_000;

declare const madeHere: unique symbol;

/**
 * The id of a step. Only {@link stepId} and {@link clusterStepId} make one: a phase exports a function for each step that
 * others wait for, so that nobody writes an id by hand and a wrong one does not compile.
 */
export type StepId = string & { readonly [madeHere]: true };

/** What a step says beyond what follows from its node. */
export interface StepInit {
  title: string;
  tasks: readonly Task[];
  /** Steps that must have been done; one of a phase that the cluster does not have is left out of account. */
  needs?: readonly StepId[];
  /** Steps that must have ended, well or not; likewise. */
  after?: readonly StepId[];
  /** Default: two more attempts, 2 s before the first of them. */
  policy?: Partial<StepPolicy>;
  group?: Step['group'];
  volatile?: boolean;
  /** Default: that of the phase's own step for the node. */
  id?: StepId;
  /** Default: the node itself. */
  executor?: string;
}

/** The id of a step: what it is, and for which node (or for which thing, where the coordinator does it). */
export function stepId(kind: string, name: string): StepId {
  return `${kind}/${name}` as StepId;
}

/** The id of a step for the cluster as a whole, which the control plane carries out. */
export function clusterStepId({ controlPlane }: Pick<PhaseContext, 'controlPlane'>, kind: string): StepId {
  return stepId(kind, controlPlane.name);
}

/**
 * A step that decides a node's fate. A failure of the control plane stops the run, as nothing works without it; that of
 * a worker stops only the worker.
 */
export function nodeStep(context: PhaseContext, phase: string, node: PlanNode, init: StepInit): Step {
  const onFailure = node.name === context.controlPlane.name ? 'fail-run' : 'fail-node';
  const id = stepId(phase, node.name);
  return makeStep(phase, node.name, { id, executor: node.name, ...init, policy: { onFailure, ...init.policy } });
}

/** A step the coordinator itself carries out. */
export function coordinatorStep(phase: string, id: StepId, init: Omit<StepInit, 'id' | 'executor'>): Step {
  return makeStep(phase, COORDINATOR, { ...init, id, executor: COORDINATOR });
}

/** A point in the plan that others wait for. Nothing is run: it is reached when what it needs is done. */
export function milestone(
  phase: string,
  id: StepId,
  title: string,
  waits: { needs?: readonly StepId[]; after?: readonly StepId[] },
): Step {
  return coordinatorStep(phase, id, { title, tasks: [], ...waits });
}

function makeStep(phase: string, node: string, init: StepInit & { id: StepId; executor: string }): Step {
  const { id, executor, title, tasks, needs = [], after = [], policy, group, volatile } = init;
  const allTasks = tasks.reduce((sum, task) => sum + timeLimitOf(task), 0);
  return {
    id,
    phase,
    executor,
    node,
    title,
    needs: [...needs],
    after: [...after],
    tasks: [...tasks],
    policy: {
      timeLimitMs: Math.max(60_000, Math.min(MAX_STEP_MS, allTasks)),
      retries: 2,
      backoffMs: 2_000,
      onFailure: 'fail-node',
      ...policy,
    },
    ...defined({ group, volatile }),
  };
}
