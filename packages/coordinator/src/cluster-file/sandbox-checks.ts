import type { ClusterConfig } from '@vhive/shared';
import type { ConfigFlags } from './overlays.ts';
import type { Problem } from './problem.ts';

const instead = 'use stock-only, which this release sets up';

/** Sandboxes that are in the configuration's language but not in this release. */
export function sandboxProblems(config: ClusterConfig): Problem[] {
  if (config.sandbox === 'stock-only') return [];
  return [
    {
      code: 'preflight',
      field: 'sandbox',
      message: `${config.sandbox} is not available in this release: it sets up clusters of plain containers only`,
      fix: instead,
    },
  ];
}

/** Flags for what is not in this release. */
export function unavailableFlags(flags: ConfigFlags): Problem[] {
  const reasons = {
    stargz: 'the stargz snapshotter is not available in this release',
    snapshots: 'snapshots need the Firecracker sandbox, which is not available in this release',
    upf: 'user-level page faults (REAP) need Firecracker snapshots, which are not available in this release',
  } as const;
  return Object.entries(reasons)
    .filter(([name]) => flags[name as keyof typeof reasons] === true)
    .map(([name, message]) => ({ code: 'preflight', field: '', where: `--${name}`, message, fix: 'leave it out' }));
}
