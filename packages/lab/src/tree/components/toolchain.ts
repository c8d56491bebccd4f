import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { ignoring } from '@vhive/base/ignoring';
import { defined } from '@vhive/shared';
import type { Architecture } from '../architecture.ts';
import { plainEnvironment, runCommand } from '../command.ts';
import { unpackPackages } from '../debian/debian-packages.ts';
import { PrivateApt } from '../debian/private-apt.ts';
import { FinishedParts, inputKey } from '../finished-parts.ts';
import type { MirrorPaths } from '../paths.ts';

/** The Go with which the components are compiled, and the environment in which it runs. */
export interface Toolchain {
  /** The path or name of the program `go`. */
  readonly program: string;
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

/** The Go in Debian's backports that fetches the one to compile with, where the machine has none that does. */
const debianGo = { packages: ['golang-1.23-go', 'golang-1.23-src'], program: 'usr/lib/go-1.23/bin/go' } as const;

/** What finding a Go needs of the kit. */
interface FindOptions {
  readonly paths: MirrorPaths;
  readonly architecture: Architecture;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal | undefined;
}

/**
 * Finds the Go to compile with: the machine's if it is new enough, else the one that the module registry has
 * (golang.org/toolchain). That one is fetched by the machine's Go, or where this is older than 1.21 or missing, by one
 * from Debian's backports, which is unpacked and not installed.
 *
 * @param needed the least version, such as `1.26.3`
 */
export async function findGo(options: FindOptions, needed: string): Promise<Toolchain> {
  const { paths, signal } = options;
  for (const directory of [paths.goCache, paths.goTemporary]) await mkdir(directory, { recursive: true });
  const machine = await settingsOf('go', paths.build, signal).catch(ignoring('there is no Go on this machine'));
  const own = versionOf(machine);
  if (machine !== undefined && isAtLeast(own, needed))
    return { ...toolchain('go', own, 'local', machine, options), origin: "the machine's" };
  const origin = `from the module registry, as this machine has ${own === '' ? 'none' : `only ${own}`}`;
  if (machine !== undefined && isAtLeast(own, oldestThatFetches))
    return { ...toolchain('go', needed, `go${needed}`, machine, options), origin };
  const program = await unpackDebianGo(options);
  const settings = await settingsOf(program, paths.build, signal);
  return { ...toolchain(program, needed, `go${needed}`, settings, options), origin };
}

type Settings = Partial<Record<string, string>>;

function toolchain(
  program: string,
  version: string,
  choice: string,
  found: Settings,
  { paths, architecture }: FindOptions,
): Omit<Toolchain, 'origin'> {
  const settings = Object.fromEntries(keptSettings.map((name) => [name, found[name] ?? '']));
  return {
    program,
    version,
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
      GOTOOLCHAIN: choice,
      GOPATH: join(paths.build, 'gopath'),
      GOMODCACHE: paths.goModules,
      GOCACHE: paths.goCache,
      GOTMPDIR: paths.goTemporary,
      GOOS: 'linux',
      GOARCH: architecture.name,
      CGO_ENABLED: '0',
    },
  };
}

async function unpackDebianGo({ paths, architecture, log, signal }: FindOptions): Promise<string> {
  const downloads = join(paths.apt, 'go');
  const parts = new FinishedParts(paths.finished);
  await parts.once('packages-go', inputKey(architecture.name, debianGo), async () => {
    log(`downloading ${debianGo.packages.join(', ')} from Debian's backports, as this machine has no Go from 1.21 on`);
    const apt = new PrivateApt(paths.apt, log, signal);
    await apt.update('backports');
    await apt.download(debianGo.packages, downloads);
    await apt.forgetLists();
  });
  const root = join(paths.tools, 'go');
  await unpackPackages(downloads, root, signal);
  return join(root, debianGo.program);
}

/** Returns the settings that name the certificates by which a proxy is trusted. */
function certificates(): Record<string, string> {
  const { SSL_CERT_FILE, SSL_CERT_DIR } = process.env;
  return defined({ SSL_CERT_FILE, SSL_CERT_DIR });
}

async function settingsOf(program: string, directory: string, signal?: AbortSignal): Promise<Settings> {
  const env = { ...defined({ ...process.env }), GOTOOLCHAIN: 'local', GOWORK: 'off' };
  const output = await runCommand(program, ['env', '-json', 'GOVERSION', ...keptSettings], {
    ...{ purpose: 'looking for Go', cwd: directory, env, signal },
  });
  return JSON.parse(output);
}

function versionOf(settings: Settings | undefined): string {
  return (settings?.GOVERSION ?? '').replace(/^go/, '');
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
