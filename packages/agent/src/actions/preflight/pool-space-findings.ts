import type { HostFinding, Params } from '@vhive/shared';
import type { Host } from '../../host/host.ts';

const GIB = 2 ** 30;
const gib = (bytes: number) => `${(bytes / GIB).toFixed(1)} GiB`;

/**
 * Reports a file system without room for everything that the thin pool can grow to. The pool's data file is sparse, so
 * a disk that is too small would show only when the pool breaks with every microVM on it.
 */
export async function poolSpaceFindings(
  host: Host,
  pool: Params<'preflight.host'>['thinPool'],
  joined: boolean,
): Promise<HostFinding[]> {
  if (pool === null) return [];
  const { directory, dataBytes } = pool;
  const { freeBytes } = await host.space(directory);
  const taken = (await host.stat(`${directory}/data`))?.allocatedBytes ?? 0;
  const room = freeBytes + taken;
  if (room >= dataBytes) return [];
  const largest = Math.floor(room / GIB);
  const held = taken === 0 ? '' : `, with ${gib(taken)} that the pool holds already`;
  return [
    {
      check: 'thin-pool space',
      // On a node of a running cluster the pool exists already and takes no more room than before.
      level: joined ? 'warning' : 'error',
      message: `the thin pool in ${directory} can grow to ${gib(dataBytes)}, but its file system has only ${gib(room)} for it (${gib(freeBytes)} free${held})`,
      hint:
        largest < 1
          ? 'make room, or grow the file system'
          : `at most firecracker.thinPool.dataGiB: ${largest} fits; make room or grow the file system, or set preflight.ignore: [thin-pool space] where you know that the pool stays smaller`,
    },
  ];
}
