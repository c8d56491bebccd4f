import type { PhaseContext } from './context.ts';

const GIB = 1024 ** 3;

/** The folder that holds the files of the thin pool and what the snapshotter remembers of it. */
export const POOL_DIRECTORY = '/var/lib/firecracker-containerd/snapshotter/devmapper';

/**
 * Returns the folder of the thin pool and the size to which it can grow, in bytes. Preflight checks that there is so
 * much space.
 */
export function thinPoolSpace({ config }: Pick<PhaseContext, 'config'>): { directory: string; dataBytes: number } {
  return { directory: POOL_DIRECTORY, dataBytes: config.firecracker.thinPool.dataGiB * GIB };
}
