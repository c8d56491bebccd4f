import type { LabDirectories } from './types.ts';

/** Returns the lab's default directories. `VHIVE_CACHE_DIR` moves the cache and `VHIVE_LAB_DIR` the lab itself. */
export function defaultLabDirectories(environment: NodeJS.ProcessEnv = process.env): LabDirectories {
  return {
    cacheDir: environment.VHIVE_CACHE_DIR || '/var/cache/vhive',
    stateDir: environment.VHIVE_LAB_DIR || '/var/lib/vhive-lab',
  };
}
