import { clusterFile } from '@vhive/shared';
import { expect, it } from 'vitest';
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
