import { COORDINATOR, defined, type Step, type StepPolicy, type Task } from '@vhive/shared';
import type { PhaseContext, PlanNode } from './context.ts';
import { timeLimitOf } from './task.ts';

/** The longest time limit of a step, in milliseconds, however many tasks it has. */
const MAX_STEP_MS = 60 * 60_000;

declare const madeHere: unique symbol;

/**
 * The id of a step. Only {@link stepId} and {@link clusterStepId} make one. A phase exports a function for each step
 * that others wait for, so that nobody writes an id by hand and a wrong one does not compile.
 */
export type StepId = string & { readonly [madeHere]: true };

/** What a step has beyond what follows from its node. */
export interface StepInit {
  title: string;
  tasks: readonly Task[];
  /** The steps that must be done before this one. Steps of a phase that the cluster does not have are left out. */
  needs?: readonly StepId[];
  /**
   * The steps that must have ended before this one, well or not. Steps of a phase that the cluster does not have are
   * left out here too.
   */
  after?: readonly StepId[];
  /**
   * What is different from the default policy, which allows two more attempts and waits 2 s before the first of them.
   */
  policy?: Partial<StepPolicy>;
  group?: Step['group'];
  volatile?: boolean;
  /** The id, which by default is that of the phase's own step for the node. */
  id?: StepId;
  /** The node whose agent carries the step out, which by default is the node itself. */
  executor?: string;
}

/**
 * Makes the id of a step from what the step does and the name of its node or, where the coordinator carries it out, of
 * what it is about.
 */
export function stepId(kind: string, name: string): StepId {
  return `${kind}/${name}` as StepId;
}

/** Makes the id of a step for the cluster as a whole, which the control plane carries out. */
export function clusterStepId({ controlPlane }: Pick<PhaseContext, 'controlPlane'>, kind: string): StepId {
  return stepId(kind, controlPlane.name);
}

/**
 * Makes a step that decides the fate of a node. A failure on the control plane stops the run, because nothing works
 * without it. A failure on a worker stops only that worker.
 */
export function nodeStep(
  context: Pick<PhaseContext, 'controlPlane'>,
  phase: string,
  node: PlanNode,
  init: StepInit,
): Step {
  const onFailure = node.name === context.controlPlane.name ? 'fail-run' : 'fail-node';
  const id = stepId(phase, node.name);
  return makeStep(phase, node.name, { id, executor: node.name, ...init, policy: { onFailure, ...init.policy } });
}

/** Makes a step that the coordinator itself carries out. */
export function coordinatorStep(phase: string, id: StepId, init: Omit<StepInit, 'id' | 'executor'>): Step {
  return makeStep(phase, COORDINATOR, { ...init, id, executor: COORDINATOR });
}

/**
 * Makes a milestone: a point in the plan that other steps wait for. Nothing is run. It is reached when the steps that
 * it needs are done and those that it comes after have ended.
 */
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
