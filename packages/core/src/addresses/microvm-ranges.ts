import type { ClusterConfig } from '@vhive/shared';
import { features } from '../features.ts';

/** A range of addresses, with the field of the cluster file that it comes from. */
export interface NamedText {
  field: string;
  text: string;
}

/** The ranges of br0 and br1, the bridges on which the legacy branch of vHive puts its taps (see its taps/types.go). */
const legacyRanges = ['190.128.0.0/10', '191.128.0.0/10'];

/** Returns the ranges of the addresses by which microVMs are known on their node. Every node has the same ones. */
export function microVmRanges(config: ClusterConfig): NamedText[] {
  const { microVms, legacyVhive } = features(config);
  if (!microVms) return [];
  if (legacyVhive) return legacyRanges.map((text) => ({ field: 'firecracker.vhiveRef', text }));
  return [
    { field: 'firecracker.vethPrefix', text: `${config.firecracker.vethPrefix}.0.0/16` },
    { field: 'firecracker.clonePrefix', text: `${config.firecracker.clonePrefix}.0.0/16` },
  ];
}
