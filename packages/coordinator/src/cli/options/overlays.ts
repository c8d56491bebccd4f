import type { Overlay } from '@vhive/core/cluster-file/overlays';
import { clusterFields } from './command-options.ts';
import { type Origins, switchedValue } from './option-entry.ts';

/**
 * Returns what flags and environment put in the place of the cluster file's fields. Flags come last, since they win.
 */
export function overlaysOf(flags: Origins): Overlay[] {
  const values = new Map<string, unknown>(Object.entries(flags));
  const overlays = Object.entries(clusterFields).flatMap(([key, entry]): Overlay[] => {
    const where = flags.origins[key];
    const value = values.get(key);
    if (entry.clusterFile === undefined || where === undefined) return [];
    const { path, value: switched, opposite } = entry.clusterFile;
    if (entry.argument !== undefined) return [{ path, value, where }];
    if (value === switchedValue(entry)) return [{ path, value: switched, where }];
    return opposite === undefined ? [] : [{ path, value: opposite, where }];
  });
  return overlays.toSorted((a, b) => Number(isFlag(a)) - Number(isFlag(b)));
}

function isFlag({ where }: Overlay): boolean {
  return where.startsWith('--');
}
