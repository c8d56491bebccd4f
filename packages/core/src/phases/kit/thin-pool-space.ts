import type { PhaseContext } from './context.ts';

const GIB = 1024 ** 3;

/** The thin pool's files, and what the snapshotter remembers of it. */
export const POOL_DIRECTORY = '/var/lib/firecracker-containerd/snapshotter/devmapper';

/** Where the thin pool lies and how large it can grow, bytes: preflight looks for that much space there. */
export function thinPoolPlace({ config }: Pick<PhaseContext, 'config'>): { directory: string; dataBytes: number } {
  return { directory: POOL_DIRECTORY, dataBytes: config.firecracker.thinPool.dataGiB * GIB };
}
