import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { plainEnvironment } from '../command.ts';
import type { MirrorPaths } from '../paths.ts';

/** The Debian packages with the Go tool chain, and with what else the build runs or compiles in. */
export const toolPackages = [
  'golang-1.19-go',
  'golang-1.19-src',
  'golang-github-modern-go-reflect2-dev',
  'patch',
  'xz-utils',
] as const;

/** A Go that reads nothing but the unpacked tree, so that the result depends on the source alone. */
export interface GoToolchain {
  /** The path of the program `go`. */
  readonly go: string;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * Returns the unpacked Go with its settings.
 *
 * @param architecture Debian's name of the architecture, which is also Go's name for those that the lab knows
 */
export async function goToolchain(paths: MirrorPaths, architecture: string): Promise<GoToolchain> {
  const root = join(paths.tools, 'usr/lib/go-1.19');
  for (const directory of [paths.goCache, paths.goTemporary]) await mkdir(directory, { recursive: true });
  return {
    go: join(root, 'bin/go'),
    environment: {
      ...plainEnvironment(),
      HOME: paths.build,
      GOENV: 'off',
      GOROOT: root,
      GOPATH: paths.goPath,
      GOCACHE: paths.goCache,
      GOTMPDIR: paths.goTemporary,
      GOOS: 'linux',
      GOARCH: architecture,
      // The source has no usable module information (-mod=vendor refuses it), so it is built as GOPATH projects are
      // built.
      GO111MODULE: 'off',
      GOPROXY: 'off',
      CGO_ENABLED: '0',
    },
  };
}
