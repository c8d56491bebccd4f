import { clusterFile } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { catalogue } from '../../versions/catalogue.ts';
import { knownManifests, unknownManifests } from './manifests.ts';

describe('manifests that can be patched', () => {
  it('are files of the catalogue, or made from one', () => {
    const files = Object.values(catalogue).flatMap(({ files }) => Object.keys(files));
    for (const name of knownManifests()) expect([...files, 'istio']).toContain(name);
  });

  it.each([
    [{}, []],
    [{ 'serving-core': [], istio: [] }, []],
    [{ 'serving-cor': [], 'calico-manifest': [], queueProxy: [] }, ['serving-cor', 'queueProxy']],
  ])('%j has unknown names %j', (manifestPatches, unknown) => {
    expect(unknownManifests(clusterFile.parse({ manifestPatches }))).toEqual(unknown);
  });
});
