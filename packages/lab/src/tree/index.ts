import { mkdir, statfs } from 'node:fs/promises';
import { withFileLock } from '@vhive/base/files/file-lock';
import { megabytes } from '@vhive/base/megabytes';
import { VhiveError } from '@vhive/shared';
import { buildMirror } from './build.ts';
import { deleteLeftOvers } from './left-overs.ts';
import { type MirrorPaths, mirrorPaths } from './paths.ts';
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
  /** A function that is told, one line at a time, what is going on. */
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** The most space that the build takes, in bytes. */
const neededSpace = 12e9;

/**
 * Returns the lab's mirror tree, and builds it if there is none. It is compiled from Go modules, with a few Debian
 * packages and a Python wheel, and installs nothing on the machine. The first build takes about 20 minutes on two CPUs
 * and at most 12 GB; later calls take milliseconds. An interrupted build continues where it stopped, and two builds at once wait for each other.
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

async function findOrBuild({ cacheDir, stack = 'full', log, signal }: LabMirrorOptions): Promise<LabMirror> {
  const paths = mirrorPaths(cacheDir);
  const ready = await readValidStamp(paths.stamp, paths.mirror, stack);
  if (ready !== undefined) return labMirror(paths, ready);
  await mkdir(paths.build, { recursive: true });
  const onWait = () => log("another build of the lab's mirror tree is running; waiting for it");
  return await withFileLock(
    paths.lock,
    async () => {
      const builtMeanwhile = await readValidStamp(paths.stamp, paths.mirror, stack);
      return labMirror(paths, builtMeanwhile ?? (await build(paths, stack, log, signal)));
    },
    { onWait, signal },
  );
}

async function build(
  paths: MirrorPaths,
  stack: LabStack,
  log: LabMirrorOptions['log'],
  signal?: AbortSignal,
): Promise<MirrorStamp> {
  await checkSpace(paths.build);
  const startedAt = performance.now();
  const stamp = await buildMirror(paths, stack, log, signal);
  await deleteLeftOvers(paths, log, signal);
  const size = Object.values(stamp.files).reduce((sum, bytes) => sum + bytes, 0);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  log(`the lab's mirror tree is ready: ${megabytes(size)} in ${paths.mirror}, built in ${seconds} s`);
  return stamp;
}

function labMirror(paths: MirrorPaths, stamp: MirrorStamp): LabMirror {
  const { versions, architecture, images } = stamp;
  return { dir: paths.mirror, versions, architecture, images };
}

async function checkSpace(directory: string): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  if (bavail * bsize >= neededSpace) return;
  throw new VhiveError({
    code: 'preflight',
    message: `Building the lab's mirror tree in ${directory} needs ${megabytes(neededSpace)}, but only ${megabytes(bavail * bsize)} are free.`,
    hint: 'Free some space, or put the cache on a larger file system.',
  });
}
