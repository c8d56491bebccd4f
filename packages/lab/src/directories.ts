import type { LabDirectories } from './types.ts';

/** Returns the lab's default directories. `VHIVE_LAB_CACHE` moves the cache and `VHIVE_LAB_DIR` the lab itself. */
export function defaultLabDirectories(environment: NodeJS.ProcessEnv = process.env): LabDirectories {
  return {
    cacheDir: environment.VHIVE_LAB_CACHE || '/var/cache/vhive',
    stateDir: environment.VHIVE_LAB_DIR || '/var/lib/vhive-lab',
  };
}
