import type { Facts, HostFinding, Params } from '@vhive/shared';
import type { Host } from '../../host/host.ts';

const GIB = 2 ** 30;
const gib = (bytes: number) => `${(bytes / GIB).toFixed(1)} GiB`;

/** Two looks at the same file system may differ by this share of its size, because others write meanwhile. */
const SAME = 0.01;

/**
 * Reports directories on file systems of their own that have too little room. The root file system is judged by the
 * facts.
 */
export async function spaceFindings(
  host: Host,
  places: Params<'preflight.host'>['space'],
  { root }: Pick<Facts, 'root'>,
  joined: boolean,
): Promise<HostFinding[]> {
  const findings: HostFinding[] = [];
  for (const { path, minFreeBytes } of places) {
    const { totalBytes, freeBytes } = await host.space(path);
    const onRoot =
      totalBytes === root.totalBytes && Math.abs(freeBytes - root.freeBytes) <= SAME * Math.max(totalBytes, 1);
    if (onRoot || freeBytes >= minFreeBytes) continue;
    findings.push({
      check: 'space',
      // A node of a running cluster already holds what the space was needed for.
      level: joined ? 'warning' : 'error',
      message: `${gib(freeBytes)} free on the file system of ${path} (of ${gib(totalBytes)}), at least ${gib(minFreeBytes)} are needed`,
      hint: `make room, grow it, or mount a larger file system there; see: df -h ${path}`,
    });
  }
  return findings;
}
