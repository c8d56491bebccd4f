import { join } from 'node:path';

/** Every path that the build of the mirror tree uses, all below one cache directory. */
export interface MirrorPaths {
  /** The finished mirror tree, with its files at `<host>/<path>` of upstream's URLs. */
  readonly mirror: string;
  /** The file that says what the finished tree was made from and lists its files. */
  readonly stamp: string;
  /** The lock file, which is held (flock) while a build runs. */
  readonly lock: string;
  /** The working folder of the build. Between builds only `apt`, `finished` and `kept` are kept in it. */
  readonly build: string;
  /** The folder of the private apt: its sources, package lists and downloads. */
  readonly apt: string;
  /** Go and the few tools that the build needs, unpacked rather than installed. */
  readonly tools: string;
  /** The programs and libraries of Debian that go into the tree, unpacked. */
  readonly debian: string;
  /** The caches of Go: source of modules, and what the compiler made. */
  readonly goModules: string;
  readonly goCache: string;
  readonly goTemporary: string;
  /** The folder of the compiled programs, which lie at `<component>/<program>` below it. */
  readonly bin: string;
  /** The compiled programs of earlier builds, compressed. They stay between builds. */
  readonly kept: string;
  /** Files that are made from text or from Debian's files on their way into the tree. */
  readonly made: string;
  /** The folder in which the tree is put together before it is moved to `mirror`. */
  readonly staging: string;
  /** The folder with one file for each finished part of the build. */
  readonly finished: string;
}

/** Returns the paths below `cacheDir`. */
export function mirrorPaths(cacheDir: string): MirrorPaths {
  const lab = join(cacheDir, 'lab');
  const build = join(lab, 'build');
  return {
    mirror: join(lab, 'mirror'),
    stamp: join(lab, 'mirror.json'),
    lock: join(lab, 'mirror.lock'),
    build,
    apt: join(build, 'apt'),
    tools: join(build, 'tools'),
    debian: join(build, 'debian'),
    goModules: join(build, 'gomodules'),
    goCache: join(build, 'gocache'),
    goTemporary: join(build, 'gotmp'),
    bin: join(build, 'bin'),
    kept: join(build, 'kept'),
    made: join(build, 'made'),
    staging: join(build, 'staging'),
    finished: join(build, 'finished'),
  };
}
