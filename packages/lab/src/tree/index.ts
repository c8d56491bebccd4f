import { mkdir, statfs } from 'node:fs/promises';
import { withFileLock } from '@vhive/base/files/file-lock';
import { megabytes } from '@vhive/base/megabytes';
import { VhiveError } from '@vhive/shared';
import { machineArchitecture } from './architecture.ts';
import { buildMirror } from './build.ts';
import { deleteLeftOvers } from './left-overs.ts';
import { type MirrorPaths, mirrorPaths } from './paths.ts';
import { chooseSource } from './publishers/choose-source.ts';
import { clusterFilesOf, type Publishers } from './publishers/publishers.ts';
import { pullTree } from './publishers/pull-tree.ts';
import type { LabSource } from './source-choice.ts';
import type { LabStack } from './stack-choice.ts';
import { type MirrorStamp, readValidStamp } from './stamp.ts';
import type { MirrorVersions } from './versions.ts';

export type { MirrorVersions } from './versions.ts';

/** The mirror tree: a folder of real software at its publishers' paths, which can be given to `--mirror`. */
export interface LabMirror {
  /**
   * The directory of the tree. Its files are at `<host>/<path>` of upstream's URLs, each with its publisher's checksum
   * file beside it.
   */
  readonly dir: string;
  /** Where its software is from. */
  readonly source: LabSource;
  /** The versions that a cluster file must ask for to be served from the tree. */
  readonly versions: MirrorVersions;
  /** The name that Debian and Go give to the machine type of the programs, such as `amd64`. */
  readonly architecture: string;
  /** The references of the container images. The archive of `R/N:T` is the file `R/N/T.tar`. */
  readonly images: readonly string[];
}

/** The options of {@link ensureLabMirror}. */
export interface LabMirrorOptions {
  /** The cache directory, which is kept between runs. The tree is at `lab/mirror` below it. */
  readonly cacheDir: string;
  /** What the tree must have. By default it is everything. */
  readonly stack?: LabStack | undefined;
  /** Where the tree has to be from. By default a tree that is there is kept, and a new one is from where it is quickest. */
  readonly source?: LabSource | undefined;
  /** Who can be asked for released software. By default nobody, so that it is compiled. */
  readonly publishers?: Publishers | undefined;
  /** A function that is told, one line at a time, what is going on. */
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** The most space that making the tree takes, in bytes. */
const neededSpace = { compile: 12e9, publishers: 6e9 } as const;

/**
 * Returns the lab's mirror tree, and makes it if there is none: from its publishers where they answer, in minutes; else
 * compiled from Go modules, with a few Debian packages and a Python wheel, which installs nothing on the machine and
 * takes about 20 minutes on two CPUs. Later calls take milliseconds. What was interrupted continues where it stopped, and
 * two at once wait for each other.
 *
 * @throws VhiveError `preflight` when the machine or the package archive cannot deliver, `interrupted` after an abort
 */
export async function ensureLabMirror(options: LabMirrorOptions): Promise<LabMirror> {
  try {
    return await findOrBuild(options);
  } catch (error) {
    if (options.signal?.aborted !== true) throw error;
    throw new VhiveError({
      code: 'interrupted',
      message: "The build of the lab's mirror tree was stopped.",
      hint: 'Start it again: it continues where it was stopped.',
      cause: error,
    });
  }
}

async function findOrBuild(options: LabMirrorOptions): Promise<LabMirror> {
  const { cacheDir, stack = 'full', source, log, signal } = options;
  const paths = mirrorPaths(cacheDir);
  const ready = await readValidStamp(paths.stamp, paths.mirror, { stack, source });
  if (ready !== undefined) return labMirror(paths, ready);
  await mkdir(paths.build, { recursive: true });
  const onWait = () => log("another build of the lab's mirror tree is running; waiting for it");
  return await withFileLock(
    paths.lock,
    async () => {
      const builtMeanwhile = await readValidStamp(paths.stamp, paths.mirror, { stack, source });
      return labMirror(paths, builtMeanwhile ?? (await make(paths, stack, options)));
    },
    { onWait, signal },
  );
}

async function make(
  paths: MirrorPaths,
  stack: LabStack,
  { source: asked, publishers, log, signal }: LabMirrorOptions,
): Promise<MirrorStamp> {
  const { name: architecture } = await machineArchitecture(signal);
  const order = { clusterFiles: clusterFilesOf(stack, architecture), architecture, signal };
  const source = await chooseSource({ asked, publishers, order, log });
  await checkSpace(paths.build, neededSpace[source]);
  const startedAt = performance.now();
  const stamp =
    source === 'publishers' && publishers !== undefined
      ? await pullTree(paths, stack, publishers, log, signal)
      : await compile(paths, stack, log, signal);
  const size = Object.values(stamp.files).reduce((sum, bytes) => sum + bytes, 0);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  const how = source === 'publishers' ? 'pulled' : 'built';
  log(`the lab's mirror tree is ready: ${megabytes(size)} in ${paths.mirror}, ${how} in ${seconds} s`);
  return stamp;
}

async function compile(
  paths: MirrorPaths,
  stack: LabStack,
  log: LabMirrorOptions['log'],
  signal: AbortSignal | undefined,
): Promise<MirrorStamp> {
  const stamp = await buildMirror(paths, stack, log, signal);
  await deleteLeftOvers(paths, log, signal);
  return stamp;
}

function labMirror(paths: MirrorPaths, stamp: MirrorStamp): LabMirror {
  const { source, versions, architecture, images } = stamp;
  return { dir: paths.mirror, source, versions, architecture, images };
}

async function checkSpace(directory: string, needed: number): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize >= needed) return;
  throw new VhiveError({
    code: 'preflight',
    message: `Making the lab's mirror tree in ${directory} needs ${megabytes(needed)}, but only ${megabytes(bavail * bsize)} are free.`,
    hint: 'Free some space, or put the cache on a larger file system.',
  });
}
