import { clusterFile } from '@vhive/shared';
import { expect, it } from 'vitest';
import { manifestProblems } from './manifest-checks.ts';

it.each([
  [{}, []],
  [{ 'serving-core': [], istio: [] }, []],
  [{ 'serving-cor': [], 'calico-manifest': [], queueProxy: [] }, ['serving-cor', 'queueProxy']],
])('%j has unknown names of manifests %j', (manifestPatches, unknown) => {
  const problems = manifestProblems(clusterFile.parse({ manifestPatches }));
  expect(problems.map(({ field }) => field)).toEqual(unknown.map((name) => `manifestPatches.${name}`));
});
