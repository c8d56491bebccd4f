import { output } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { outputsOfRun, resolveParams } from './index.ts';
import { examplePlan, exampleStep, TestRun } from './test-run.fixture.ts';

const outputs = { a: { task: { text: 'x', none: null, list: [1] } } } as Record<string, Record<string, unknown>>;
const resolve = (params: Record<string, unknown>) => {
  const step = exampleStep('b', 'n1', { tasks: [{ id: 't', title: 't', action: 'no-op', params }] });
  return resolveParams(step, (id) => outputs[id])[0]?.params;
};

describe('params', () => {
  it('have the values of outputs in place of references, at any depth', () => {
    const params = { plain: 1, deep: [{ x: output('a', 'task', 'text') }], list: output('a', 'task', 'list') };
    expect(resolve(params)).toEqual({ plain: 1, deep: [{ x: 'x' }], list: [1] });
  });

  it('keep a null that is the output', () => {
    expect(resolve({ x: output('a', 'task', 'none') })).toEqual({ x: null });
  });

  it('have values within texts, as they are', () => {
    expect(resolve({ x: output('a', 'task', 'text', { within: '{value}-{value}' }) })).toEqual({ x: 'x-x' });
    outputs.dollar = { task: { text: '$&' } };
    expect(resolve({ x: output('dollar', 'task', 'text', { within: 'a{value}' }) })).toEqual({ x: 'a$&' });
  });

  it('have the entry of a record', () => {
    outputs.sealed = { task: { sealed: { n2: { sealed: 'box' } } } };
    expect(resolve({ x: output('sealed', 'task', 'sealed', { entry: 'n2' }) })).toEqual({ x: { sealed: 'box' } });
    const other = output('sealed', 'task', 'sealed', { entry: 'n3' });
    expect(resolve({ x: other })).toEqual({ x: other });
  });

  it('keep references without a value, but null where they are optional', () => {
    const absent = [output('z', 'task', 'x'), output('a', 'other', 'x'), output('a', 'task', 'x')];
    expect(resolve({ absent })).toEqual({ absent });
    expect(resolve({ x: output('z', 'task', 'x', { optional: true }) })).toEqual({ x: null });
  });

  it('leave the plan as it is', () => {
    const step = exampleStep('b', 'n1', {
      tasks: [{ id: 't', title: 't', action: 'no-op', params: { x: output('a', 'task', 'text') } }],
    });
    const before = structuredClone(step);
    resolveParams(step, (id) => outputs[id]);
    expect(step).toEqual(before);
  });
});

describe('outputs of a run', () => {
  it('are those of steps that are done', () => {
    const run = new TestRun(examplePlan([exampleStep('a/n1', 'n1'), exampleStep('a/n2', 'n2')]));
    run.dispatch();
    run.finish('a/n1', 'ok', { outputs: { task: { x: 1 } } });
    run.finish('a/n2', 'failed', { outputs: { task: { x: 2 } } });
    const outputsOf = outputsOfRun(run.state);
    expect(outputsOf('a/n1')).toEqual({ task: { x: 1 } });
    expect(outputsOf('a/n2')).toBeUndefined();
    expect(outputsOf('absent')).toBeUndefined();
  });
});
