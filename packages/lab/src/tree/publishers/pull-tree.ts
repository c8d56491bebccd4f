import { link, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { exists } from '@vhive/base/files/exists';
import { IMAGE_INDEX, readIndexOf } from '@vhive/base/image-index';
import { machineArchitecture } from '../architecture.ts';
import { finishTree } from '../finish-tree.ts';
import type { MirrorPaths } from '../paths.ts';
import type { LabStack } from '../stack-choice.ts';
import { filesBelow, type MirrorStamp, readStamp } from '../stamp.ts';
import { catalogueVersions } from '../versions.ts';
import { clusterFilesOf, type Publishers, publisherInputs } from './publishers.ts';

/** The beginning of the names of folders in which pulls collect. */
const PULLED = 'pulled-';
/** What a pull leaves beside the files of a tree. */
const NOT_OF_THE_TREE = [`.${IMAGE_INDEX}.guard`, '.vhive.lock.guard', '.unfinished'];

/**
 * Fills the mirror tree with what a stack needs, from the publishers. It collects beside the tree, whose place it takes
 * when it is whole; an interrupted pull is gone on with. A tree that was pulled for a smaller stack is not fetched again.
 * The caller must hold the lock.
 */
export async function pullTree(
  paths: MirrorPaths,
  stack: LabStack,
  publishers: Publishers,
  log: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<MirrorStamp> {
  const { name: architecture } = await machineArchitecture(signal);
  const inputs = publisherInputs();
  const name = `${PULLED}${inputs.slice(0, 12)}`;
  const directory = join(paths.build, name);
  // What was collected for other versions is of no use any more.
  for (const other of await readdir(paths.build))
    if (other.startsWith(PULLED) && other !== name) await rm(join(paths.build, other), { recursive: true });
  if (!(await exists(directory))) await beginWith(paths, inputs, directory);
  const clusterFiles = clusterFilesOf(stack, architecture);
  await publishers.pull({ clusterFiles, architecture, directory, log, signal });
  for (const left of NOT_OF_THE_TREE) await rm(join(directory, left), { recursive: true, force: true });
  const images = (await readIndexOf(directory)).map(({ ref }) => ref);
  const made = { source: 'publishers', inputs, debianPackages: {}, versions: catalogueVersions() } as const;
  return await finishTree(paths, directory, { ...made, stack, architecture, images }, signal);
}

/** Begins a pull with the files of the tree, as links, where that has these versions from the publishers. */
async function beginWith(paths: MirrorPaths, inputs: string, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const stamp = await readStamp(paths.stamp);
  if (stamp?.source !== 'publishers' || stamp.inputs !== inputs) return;
  for (const path of Object.keys(await filesBelow(paths.mirror))) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await link(join(paths.mirror, path), join(directory, path));
  }
}
