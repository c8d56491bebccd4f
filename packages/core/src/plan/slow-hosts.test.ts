import type { Step } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { timeLimitOf } from '../phases/kit/task.ts';
import { buildPlan } from './build-plan.ts';
import { exampleInput, exampleNode } from './example-input.fixture.ts';

const usual = exampleInput(3, { sandbox: 'stock-only' });
const [first, second, third] = usual.nodes;
if (!first || !second || !third) throw new Error('the example has too few nodes');
const slow = { ...usual, nodes: [first, exampleNode('n2', 1, { slowdown: 7 }), third] };
const stepsOf = (input: typeof usual) => new Map(buildPlan(input).steps.map((step) => [step.id, step]));
const [before, after] = [stepsOf(usual), stepsOf(slow)];

/** Returns by how much the limit of a step and of each of its tasks grew, and the patience of the tasks. */
function growth({ id, policy, tasks }: Step) {
  const old = before.get(id);
  return {
    step: policy.timeLimitMs / (old?.policy.timeLimitMs ?? 0),
    tasks: tasks.map((task, index) => {
      const was = old?.tasks[index];
      return { limit: was && timeLimitOf(task) / timeLimitOf(was), patience: task.patience ?? 1 };
    }),
  };
}
const times = (factor: number) => ({ limit: factor, patience: factor });
const growthOf = (id: string) => {
  const step = after.get(id);
  if (step === undefined) throw new Error(`no step ${id}`);
  return growth(step);
};

describe('time limits, where n2 measured that it is 7 times slower', () => {
  it('of its own steps and of their tasks are 7 times as long', () => {
    const own = [...after.values()].filter(({ executor }) => executor === 'n2');
    expect(own.length).toBeGreaterThan(5);
    for (const step of own) expect(growth(step), step.id).toEqual({ step: 7, tasks: step.tasks.map(() => times(7)) });
  });

  it('of what the control plane waits for on behalf of n2, or of pods that may run there, are 7 times as long', () => {
    for (const id of ['nodes-ready/n2', 'ready-pods/n1', 'ready/n1'])
      expect(growthOf(id), id).toEqual({ step: 7, tasks: [times(7)] });
  });

  it('of what has nothing to do with it stay as they are', () => {
    for (const id of ['nodes-ready/n3', 'join/n3', 'runtime/n1']) {
      const { step, tasks } = growthOf(id);
      expect(step, id).toBe(1);
      for (const task of tasks) expect(task, id).toEqual(times(1));
    }
  });
});
