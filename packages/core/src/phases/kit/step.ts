import { COORDINATOR, type Step, type StepPolicy, type Task } from '@vhive/shared';
import type { PhaseContext, PlanNode } from './context.ts';
import { timeLimitOf } from './task.ts';

/** Longest time limit of a step, milliseconds, however many tasks it has. */
const MAX_STEP_MS = 60 * 60_000;

/** What a step says beyond what follows from its node. */
export interface StepInit {
  title: string;
  tasks: readonly Task[];
  needs?: readonly string[];
  after?: readonly string[];
  /** Default: two more attempts, 2 s before the first of them. */
  policy?: Partial<StepPolicy>;
  group?: Step['group'];
  volatile?: boolean;
  /** Default: the name of the phase. */
  idPrefix?: string;
  /** Default: the node itself. */
  executor?: string;
}

/** The id of a phase's step for a node (or for a thing, where the coordinator does it). */
export function stepId(prefix: string, name: string): string {
  return `${prefix}/${name}`;
}

/**
 * A step that decides a node's fate. A failure of the control plane stops the run, as nothing works without it; that of
 * a worker stops only the worker.
 */
export function nodeStep(context: PhaseContext, phase: string, node: PlanNode, init: StepInit): Step {
  const onFailure = node.name === context.controlPlane.name ? 'fail-run' : 'fail-node';
  return makeStep(phase, node.name, { executor: node.name, ...init, policy: { onFailure, ...init.policy } });
}

/** A step the coordinator itself carries out. */
export function coordinatorStep(phase: string, name: string, init: StepInit): Step {
  return { ...makeStep(phase, name, { ...init, executor: COORDINATOR }), node: COORDINATOR };
}

/** A point in the plan that others wait for. Nothing is run: it is reached when what it needs is done. */
export function milestone(
  phase: string,
  name: string,
  title: string,
  waits: { needs?: readonly string[]; after?: readonly string[] },
): Step {
  return coordinatorStep(phase, name, { title, tasks: [], ...waits });
}

function makeStep(phase: string, name: string, init: StepInit): Step {
  const { title, tasks, needs = [], after = [], policy, group, volatile, idPrefix = phase, executor = name } = init;
  const allTasks = tasks.reduce((sum, task) => sum + timeLimitOf(task), 0);
  return {
    id: stepId(idPrefix, name),
    phase,
    executor,
    node: name,
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
    ...(group === undefined ? {} : { group }),
    ...(volatile === undefined ? {} : { volatile }),
  };
}
