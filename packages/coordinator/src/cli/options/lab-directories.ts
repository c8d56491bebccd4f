import { resolve } from 'node:path';
import { defaultLabDirectories, type LabDirectories } from '@vhive/lab/index';
import type { Command } from 'commander';

/** Values of the options that say which lab, as commander hands them over. */
export interface LabDirectoryFlags {
  labDir?: string;
  labCache?: string;
}

/** Options of every command about a lab. */
export function labDirectoryOptions(command: Command): Command {
  return command
    .option('--lab-dir <dir>', 'the lab itself; each directory is a lab of its own (env: VHIVE_LAB_DIR)')
    .option('--lab-cache <dir>', 'what labs are made from, kept from lab to lab (env: VHIVE_CACHE_DIR)');
}

/** The lab's directories by flags, environment and default. */
export function labDirectoriesOf(flags: LabDirectoryFlags): LabDirectories {
  const byDefault = defaultLabDirectories();
  return {
    stateDir: resolve(flags.labDir ?? byDefault.stateDir),
    cacheDir: resolve(flags.labCache ?? byDefault.cacheDir),
  };
}
