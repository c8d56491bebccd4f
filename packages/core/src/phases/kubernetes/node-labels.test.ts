import { clusterFile } from '@vhive/shared';
import { expect, it } from 'vitest';
import { buildPlan } from '../../plan/build-plan.ts';
import { exampleInput } from '../../plan/example-input.fixture.ts';
import { labelsOf } from './node-labels.ts';

const nodeLabels = {
  '*': { team: 'serverless', 'loader-nodetype': 'worker' },
  n1: { 'loader-nodetype': 'master' },
};

it.each([
  [nodeLabels, 'n1', { team: 'serverless', 'loader-nodetype': 'master' }],
  [nodeLabels, 'n2', { team: 'serverless', 'loader-nodetype': 'worker' }],
  [{ n1: { a: 'b' } }, 'n2', {}],
])('%j gives %s %j', (labels, name, expected) => {
  const config = clusterFile.parse({ kubernetes: { nodeLabels: labels } });
  expect(labelsOf({ config }, { name })).toEqual(expected);
});

it.each([
  [{}, []],
  [{ n2: { a: 'b' } }, [{}, { a: 'b' }]],
  [{ '*': {} }, [{}, {}]],
])('%j is looked after on every node, or on none', (labels, expected) => {
  const { steps } = buildPlan(exampleInput(2, { kubernetes: { nodeLabels: labels } }));
  const tasks = steps.flatMap((step) => step.tasks).filter(({ action }) => action === 'kubernetes.labels');
  expect(tasks.map(({ params }) => params.labels)).toEqual(expected);
});
