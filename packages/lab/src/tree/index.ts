import { mkdir, statfs } from 'node:fs/promises';
import { withFileLock } from '@vhive/base/files/file-lock';
import { VhiveError } from '@vhive/shared';
import { buildMirror } from './build.ts';
import { deleteLeftOvers, megabytes } from './left-overs.ts';
import { type MirrorPaths, mirrorPaths } from './paths.ts';
import { type MirrorStamp, readValidStamp } from './stamp.ts';
import type { MirrorVersions } from './versions.ts';

export type { MirrorVersions } from './versions.ts';

/** A folder to give to `--mirror`: real software, at its publishers' paths. */
export interface LabMirror {
  /** The tree, laid out `<host>/<path>` of upstream's URLs, each file with its publisher's checksum file beside it. */
  readonly dir: string;
  /** What a cluster file must ask for to be served from the tree. */
  readonly versions: MirrorVersions;
  /** Debian's and Go's name of the machine type the programs are for: `amd64`. */
  readonly architecture: string;
  /** References of the container images; the archive of `R/N:T` is the file `R/N/T.tar`. */
  readonly images: readonly string[];
}

/** Where the mirror is kept and who is told about it. */
export interface LabMirrorOptions {
  /** Kept between runs; the tree is at `lab/mirror` below it. */
  readonly cacheDir: string;
  /** Told what is going on, one line at a time. */
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Space the build takes at its largest, bytes. */
const neededSpace = 6e9;

/**
 * Gives the lab's mirror, building it if it is not there: from Debian packages alone, installing nothing on the
 * machine. The first build takes 6 to 9 minutes on two CPUs and 5 GB at its
 * largest; later calls take milliseconds. An
 * interrupted build goes on where it was; two builds at once wait for each other.
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
      message: 'The lab mirror build was stopped.',
      hint: 'Start it again: it goes on where it was.',
      cause: error,
    });
  }
}

async function findOrBuild({ cacheDir, log, signal }: LabMirrorOptions): Promise<LabMirror> {
  const paths = mirrorPaths(cacheDir);
  const ready = await readValidStamp(paths.stamp, paths.mirror);
  if (ready !== undefined) return labMirror(paths, ready);
  await mkdir(paths.build, { recursive: true });
  const onWait = () => log('another build of the lab mirror is running; waiting for it');
  return await withFileLock(
    paths.lock,
    async () => {
      const builtMeanwhile = await readValidStamp(paths.stamp, paths.mirror);
      return labMirror(paths, builtMeanwhile ?? (await build(paths, log, signal)));
    },
    { onWait, signal },
  );
}

async function build(paths: MirrorPaths, log: LabMirrorOptions['log'], signal?: AbortSignal): Promise<MirrorStamp> {
  await checkSpace(paths.build);
  const startedAt = performance.now();
  const stamp = await buildMirror(paths, log, signal);
  await deleteLeftOvers(paths, log, signal);
  const size = Object.values(stamp.files).reduce((sum, bytes) => sum + bytes, 0);
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  log(`the lab mirror is ready: ${megabytes(size)} in ${paths.mirror}, built in ${seconds} s`);
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
    message: `Building the lab mirror in ${directory} needs ${megabytes(neededSpace)}, but only ${megabytes(bavail * bsize)} are free.`,
    hint: 'Free some space, or put the cache on a larger file system.',
  });
}
