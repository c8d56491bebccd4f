import { resolve } from 'node:path';
import { defaultLabDirectories, type LabDirectories } from '@vhive/lab/index';
import type { Flags } from '../../options/command-options.ts';

/** The lab's directories by flags, environment and default. */
export function labDirectoriesOf(flags: Flags<'lab down'>): LabDirectories {
  const byDefault = defaultLabDirectories();
  return {
    stateDir: resolve(flags.labDir ?? byDefault.stateDir),
    cacheDir: resolve(flags.labCache ?? byDefault.cacheDir),
  };
}
