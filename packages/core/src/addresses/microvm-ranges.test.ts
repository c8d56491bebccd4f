import { type ClusterFile, clusterFile, LEGACY_VHIVE_REF } from '@vhive/shared';
import { expect, it } from 'vitest';
import { microVmRanges } from './microvm-ranges.ts';

const rangesOf = (fields: ClusterFile) => microVmRanges(clusterFile.parse(fields)).map(({ text }) => text);

it('microVMs have the addresses of the prefixes, or of the legacy branch’s bridges, and no others have any', () => {
  expect(rangesOf({ firecracker: { vethPrefix: '10.1' } })).toEqual(['10.1.0.0/16', '172.18.0.0/16']);
  expect(rangesOf({ firecracker: { vhiveRef: LEGACY_VHIVE_REF } })).toEqual(['190.128.0.0/10', '191.128.0.0/10']);
  expect(rangesOf({ sandbox: 'gvisor' })).toEqual([]);
});
