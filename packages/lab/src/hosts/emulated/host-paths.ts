import { join } from 'node:path';
import { type LabNames, labHostNames } from '../../machine/names.ts';

/** The paths of one emulated host, all below its directory. */
export interface EmulatedHostPaths {
  directory: string;
  /** What differs from the disk that all hosts start with (qcow2). */
  disk: string;
  /** A link to the image that the disk is based on. */
  image: string;
  /** The folder whose files the host takes onto its disk when it boots. */
  seed: string;
  /** The socket of qemu's own commands. */
  monitor: string;
}

/** Returns the paths of an emulated host. */
export function emulatedHostPaths(names: LabNames, host: string): EmulatedHostPaths {
  const { directory } = labHostNames(names, host);
  return pathsIn(directory);
}

/** Returns the paths of the emulated host whose disk this is. */
export function pathsBeside(disk: string): EmulatedHostPaths {
  return pathsIn(join(disk, '..'));
}

function pathsIn(directory: string): EmulatedHostPaths {
  return {
    directory,
    disk: join(directory, 'disk.qcow2'),
    image: join(directory, 'image'),
    seed: join(directory, 'seed'),
    monitor: join(directory, 'monitor'),
  };
}
