import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { defined, VhiveError } from '@vhive/shared';
import type { Architecture } from '../architecture.ts';
import { plainEnvironment, runCommand } from '../command.ts';
import type { MirrorPaths } from '../paths.ts';

/** The Go with which the components are compiled, and the environment in which it runs. */
export interface Toolchain {
  /** Its version, such as `1.26.8`. */
  readonly version: string;
  /** Where it is from, for people. */
  readonly origin: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** What the machine's Go says of where modules come from. It is kept; everything else of its settings is not. */
const keptSettings = ['GOPROXY', 'GONOPROXY', 'GOSUMDB', 'GONOSUMDB', 'GOPRIVATE', 'GOINSECURE', 'GOVCS', 'GOAUTH'];

/** The oldest Go that fetches a newer one by itself. */
const oldestThatFetches = '1.21.0';

const install =
  'Install Go: https://go.dev/doc/install. Any from 1.21 on will do, as it fetches the one that is needed.';

/**
 * Finds the Go to compile with: the machine's if it is new enough, else the one that the machine's Go fetches from the
 * module registry (golang.org/toolchain).
 *
 * @param needed the least version, such as `1.26.3`
 * @throws VhiveError `preflight` when there is no Go, or one that is too old to fetch another
 */
export async function findGo(
  paths: MirrorPaths,
  { name: architecture }: Architecture,
  needed: string,
  signal?: AbortSignal,
): Promise<Toolchain> {
  for (const directory of [paths.goCache, paths.goTemporary]) await mkdir(directory, { recursive: true });
  const found = await machineGo(paths.build, signal);
  const own = (found.GOVERSION ?? '').replace(/^go/, '');
  const isNewEnough = isAtLeast(own, needed);
  if (!isNewEnough && !isAtLeast(own, oldestThatFetches))
    throw new VhiveError({
      code: 'preflight',
      message: `The lab's software is compiled with Go ${needed}, but this machine has Go ${own}.`,
      hint: install,
    });
  const settings = Object.fromEntries(keptSettings.map((name) => [name, found[name] ?? '']));
  return {
    version: isNewEnough ? own : needed,
    origin: isNewEnough ? "the machine's" : `from the module registry, as the machine's is ${own}`,
    environment: {
      ...plainEnvironment(),
      ...certificates(),
      ...settings,
      HOME: paths.build,
      // What the operator has for a module proxy that asks who he is stays where Go looks for it.
      NETRC: process.env.NETRC ?? join(homedir(), '.netrc'),
      GOENV: 'off',
      GOFLAGS: '-modcacherw',
      GOWORK: 'off',
      GOTOOLCHAIN: isNewEnough ? 'local' : `go${needed}`,
      GOPATH: join(paths.build, 'gopath'),
      GOMODCACHE: paths.goModules,
      GOCACHE: paths.goCache,
      GOTMPDIR: paths.goTemporary,
      GOOS: 'linux',
      GOARCH: architecture,
      CGO_ENABLED: '0',
    },
  };
}

/** Returns the settings that name the certificates by which a proxy is trusted. */
function certificates(): Record<string, string> {
  const { SSL_CERT_FILE, SSL_CERT_DIR } = process.env;
  return defined({ SSL_CERT_FILE, SSL_CERT_DIR });
}

async function machineGo(directory: string, signal?: AbortSignal): Promise<Partial<Record<string, string>>> {
  const env = { ...defined({ ...process.env }), GOTOOLCHAIN: 'local', GOWORK: 'off' };
  const output = await runCommand('go', ['env', '-json', 'GOVERSION', ...keptSettings], {
    ...{ purpose: 'looking for Go', hint: install, cwd: directory, env, signal },
  });
  return JSON.parse(output);
}

/** Compares versions of Go; one that cannot be read (a development version) counts as new. */
function isAtLeast(version: string, least: string): boolean {
  const [numbers, leastNumbers] = [version, least].map((text) => text.split('.').map(Number));
  for (const [index, number] of (leastNumbers ?? []).entries()) {
    const own = numbers?.[index] ?? 0;
    if (own !== number) return !(own < number);
  }
  return true;
}
