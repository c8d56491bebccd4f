import { join } from 'node:path';

/** Every place the mirror build uses, all below one cache directory. */
export interface MirrorPaths {
  /** The finished tree, laid out `<host>/<path>` as upstream's URLs. */
  readonly mirror: string;
  /** Says what the finished tree was made from and lists its files. */
  readonly stamp: string;
  /** Held (flock) while a build runs. */
  readonly lock: string;
  /** Working folder of the build; kept between builds are only `apt` and `goCache`. */
  readonly build: string;
  /** Private apt: sources, package lists, downloads. */
  readonly apt: string;
  /** Go and the few tools the build needs, unpacked rather than installed. */
  readonly tools: string;
  /** Programs and libraries of Debian that go into the tree, unpacked. */
  readonly debian: string;
  /** GOPATH; the Kubernetes source is at `kubernetes` below it. */
  readonly goPath: string;
  readonly kubernetes: string;
  readonly goCache: string;
  readonly goTemporary: string;
  /** The compiled programs. */
  readonly bin: string;
  /** Files made from text or from Debian's on their way into the tree. */
  readonly made: string;
  /** Where the tree is put together before it takes its place. */
  readonly staging: string;
  /** One file per finished part of the build. */
  readonly finished: string;
}

/** The places below `cacheDir`. */
export function mirrorPaths(cacheDir: string): MirrorPaths {
  const lab = join(cacheDir, 'lab');
  const build = join(lab, 'build');
  const goPath = join(build, 'gopath');
  return {
    mirror: join(lab, 'mirror'),
    stamp: join(lab, 'mirror.json'),
    lock: join(lab, 'mirror.lock'),
    build,
    apt: join(build, 'apt'),
    tools: join(build, 'tools'),
    debian: join(build, 'debian'),
    goPath,
    kubernetes: join(goPath, 'src/k8s.io/kubernetes'),
    goCache: join(build, 'gocache'),
    goTemporary: join(build, 'gotmp'),
    bin: join(build, 'bin'),
    made: join(build, 'made'),
    staging: join(build, 'staging'),
    finished: join(build, 'finished'),
  };
}
