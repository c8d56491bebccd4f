import type { PhaseContext } from '../kit/context.ts';

/**
 * Returns the flags of vHive (see its vhive.go). The legacy branch knows neither -netPoolSize nor the prefixes of
 * addresses. Credentials are never among them, because every user of a node can read a command line in a systemd unit.
 */
export function vhiveFlags({ config, features }: Pick<PhaseContext, 'config' | 'features'>): string[] {
  const { upf, hostInterface, netPoolSize, vethPrefix, clonePrefix, debug, extraFlags } = config.firecracker;
  return [
    ...(features.snapshots ? ['-snapshots'] : []),
    ...(upf ? ['-upf'] : []),
    ...(hostInterface === undefined ? [] : ['-hostIface', hostInterface]),
    ...(features.legacyVhive ? [] : ['-netPoolSize', String(netPoolSize)]),
    ...(features.legacyVhive ? [] : ['-vethPrefix', vethPrefix, '-clonePrefix', clonePrefix]),
    ...(debug ? ['-dbg'] : []),
    ...extraFlags,
  ];
}
