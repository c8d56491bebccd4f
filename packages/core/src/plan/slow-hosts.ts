import { type ActionContract, type ActionName, actions, type Step, type Task } from '@vhive/shared';
import type { PlanNode } from '../phases/index.ts';
import { timeLimitOf } from '../phases/kit/task.ts';

/**
 * Gives a step more time if a host that it depends on measured that it is slower than a usual one, as under software
 * emulation. The limits of a task, and its patience, are multiplied by the factor of the host that carries it out. A
 * task that waits for other nodes goes by the slowest of them: by that of the step's own node, or by all nodes where
 * the step is for the cluster. Other steps stay as they are.
 */
export function withTimeForSlowHosts(step: Step, nodes: readonly PlanNode[]): Step {
  const slowest = (names: (name: string) => boolean) =>
    Math.max(1, ...nodes.filter(({ name }) => names(name)).map(({ facts }) => facts.slowdown ?? 1));
  const own = slowest((name) => name === step.executor);
  const isForOther = step.node !== step.executor;
  const withOthers = slowest((name) => !isForOther || name === step.node || name === step.executor);
  const factorOf = (task: Task) => (waitsForNodes(task) ? withOthers : own);
  const factor = Math.max(own, ...step.tasks.map(factorOf));
  if (factor === 1) return step;
  return {
    ...step,
    tasks: step.tasks.map((task) => withPatience(task, factorOf(task))),
    policy: { ...step.policy, timeLimitMs: step.policy.timeLimitMs * factor },
  };
}

function waitsForNodes({ action }: Task): boolean {
  const contract: ActionContract = actions[action as ActionName];
  return contract.waitsForNodes === true;
}

function withPatience(task: Task, factor: number): Task {
  return factor === 1 ? task : { ...task, timeLimitMs: timeLimitOf(task) * factor, patience: factor };
}
