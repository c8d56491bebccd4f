import { clusterFile, hostChecks } from '@vhive/shared';
import { expect, it } from 'vitest';
import { resolveConfig } from './index.ts';
import { manifestProblems, preflightProblems } from './name-checks.ts';

it.each([
  [{}, []],
  [{ 'serving-core': [], istio: [] }, []],
  [{ 'serving-cor': [], 'calico-manifest': [], queueProxy: [] }, ['serving-cor', 'queueProxy']],
])('%j has unknown names of manifests %j', (manifestPatches, unknown) => {
  const problems = manifestProblems(clusterFile.parse({ manifestPatches }));
  expect(problems.map(({ field }) => field)).toEqual(unknown.map((name) => `manifestPatches.${name}`));
});

const ignored = (ignore: string[]) => preflightProblems(clusterFile.parse({ preflight: { ignore } }));

it('takes every name that a check has, its first word, and ports', () => {
  expect(ignored([...hostChecks, 'thin-pool', 'port', 'port 6443'])).toEqual([]);
});

it.each([
  ['spcae', 'did you mean space?'],
  ['ports 6443', /^(did you mean port|there are )/],
  ['clock skew', /^there are address, apt, .* and port <number>$/],
])('refuses %j', (name, fix) => {
  expect(ignored(['space', name])).toMatchObject([
    {
      code: 'usage',
      field: 'preflight.ignore.1',
      message: expect.stringContaining(name),
      fix: expect.stringMatching(fix),
    },
  ]);
});

it('says where it is written', () => {
  const text = 'preflight:\n  ignore:\n    - space\n    - sapce\n';
  expect(() => resolveConfig({ file: { path: 'vhive.yaml', text } })).toThrow(/^vhive\.yaml:4: preflight\.ignore\.1/);
});
