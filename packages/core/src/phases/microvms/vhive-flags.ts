import { type ClusterConfig, LEGACY_VHIVE_REF } from '@vhive/shared';

/** What of a configuration vHive is told on its command line. */
type FlagConfig = Pick<ClusterConfig, 'firecracker'>;

/**
 * vHive's flags (its vhive.go). The legacy branch knows neither -netPoolSize nor the prefixes of addresses. Credentials
 * are never among them: every user of a node can read a command line in systemd's unit.
 */
export function vhiveFlags({ firecracker }: FlagConfig): string[] {
  const { snapshots, upf, hostInterface, netPoolSize, vethPrefix, clonePrefix, debug, extraFlags, vhiveRef } =
    firecracker;
  const legacy = vhiveRef === LEGACY_VHIVE_REF;
  return [
    ...(snapshots || upf ? ['-snapshots'] : []),
    ...(upf ? ['-upf'] : []),
    ...(hostInterface === undefined ? [] : ['-hostIface', hostInterface]),
    ...(legacy ? [] : ['-netPoolSize', String(netPoolSize)]),
    ...(legacy ? [] : ['-vethPrefix', vethPrefix, '-clonePrefix', clonePrefix]),
    ...(debug ? ['-dbg'] : []),
    ...extraFlags,
  ];
}
