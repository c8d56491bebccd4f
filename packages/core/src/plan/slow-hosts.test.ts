import { describe, expect, it } from 'vitest';
import { timeLimitOf } from '../phases/kit/task.ts';
import { buildPlan } from './build-plan.ts';
import { exampleInput, exampleNode, plain } from './example-input.fixture.ts';

const usual = exampleInput(2, plain);
const slow = { ...usual, nodes: [usual.controlPlane, exampleNode('n2', 1, { slowdown: 7 })] };
const limitsOf = ({ steps }: ReturnType<typeof buildPlan>, executor: string) =>
  steps
    .filter((step) => step.executor === executor)
    .map(({ id, policy, tasks }) => ({ id, step: policy.timeLimitMs, tasks: tasks.map(timeLimitOf) }));

describe('time limits on a host that measured that it is 7 times slower', () => {
  it('are 7 times as long, of steps and of tasks', () => {
    const stretched = limitsOf(buildPlan(usual), 'n2').map(({ id, step, tasks }) => ({
      ...{ id, step: step * 7 },
      tasks: tasks.map((limit) => limit * 7),
    }));
    expect(stretched.length).toBeGreaterThan(5);
    expect(limitsOf(buildPlan(slow), 'n2')).toEqual(stretched);
  });

  it('change nothing for other hosts', () => {
    expect(limitsOf(buildPlan(slow), 'n1')).toEqual(limitsOf(buildPlan(usual), 'n1'));
  });
});
