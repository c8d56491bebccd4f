import type { Step } from '@vhive/shared';
import type { PlanNode } from '../phases/index.ts';
import { timeLimitOf } from '../phases/kit/task.ts';

/**
 * Gives a step more time if the host that carries it out measured that it is slower than a usual one, as under software
 * emulation: the limits of the step and of each of its tasks are multiplied by the host's factor. Other steps stay as
 * they are.
 */
export function withTimeForSlowHosts(step: Step, nodes: readonly PlanNode[]): Step {
  const factor = nodes.find(({ name }) => name === step.executor)?.facts.slowdown ?? 1;
  if (factor === 1) return step;
  return {
    ...step,
    tasks: step.tasks.map((task) => ({ ...task, timeLimitMs: timeLimitOf(task) * factor })),
    policy: { ...step.policy, timeLimitMs: step.policy.timeLimitMs * factor },
  };
}
