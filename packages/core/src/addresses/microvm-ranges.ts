import { type ClusterConfig, LEGACY_VHIVE_REF } from '@vhive/shared';

/** A range of addresses and the field of the cluster file that it comes from. */
export interface NamedText {
  field: string;
  text: string;
}

/** The bridges that the legacy branch of vHive puts its taps on, br0 and br1 (its taps/types.go). */
const legacyRanges = ['190.128.0.0/10', '191.128.0.0/10'];

/** Ranges of the addresses by which microVMs are known on their node; each node has the same ones. */
export function microVmRanges({ sandbox, firecracker }: Pick<ClusterConfig, 'sandbox' | 'firecracker'>): NamedText[] {
  if (sandbox !== 'firecracker') return [];
  if (firecracker.vhiveRef === LEGACY_VHIVE_REF)
    return legacyRanges.map((text) => ({ field: 'firecracker.vhiveRef', text }));
  return [
    { field: 'firecracker.vethPrefix', text: `${firecracker.vethPrefix}.0.0/16` },
    { field: 'firecracker.clonePrefix', text: `${firecracker.clonePrefix}.0.0/16` },
  ];
}
