import { constants } from 'node:fs';
import { access, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { makeDirectory } from '@vhive/base/files/make-directory';
import { messageOf, VhiveError } from '@vhive/shared';
import { execa } from 'execa';
import type { Logger } from 'pino';
import semver from 'semver';

/**
 * The oldest server that has everything that is used here (operator mode with JetStream, KV and revocation). It is the
 * minor version in Debian 12.
 */
const OLDEST = '2.9.0';

/** A usable nats-server. */
export interface NatsBinary {
  path: string;
  /** The version without "v". */
  version: string;
}

/** Where to look for nats-server. */
export interface NatsBinarySearch {
  /** The directory in which a fetched binary is kept. */
  cacheDir: string;
  log: Logger;
  /** The path of the binary to use. No other is then looked for. */
  path?: string | undefined;
  /**
   * Fetches the pinned upstream artifact and resolves with the path of the executable. It is tried before Debian's
   * package.
   */
  fetch?: (() => Promise<string>) | undefined;
  /** The only directories to look in, in the form of PATH, instead of PATH and the sbin directories. */
  searchPath?: string | undefined;
}

/**
 * Finds nats-server. It looks, in this order, at the given path, in PATH and the usual directories, in the cache, at
 * the pinned artifact, and last at Debian's package, which it unpacks into the cache without needing root. Throws code
 * `preflight` with all reasons when none can be used.
 */
export async function findNatsServer(search: NatsBinarySearch): Promise<NatsBinary> {
  if (search.path !== undefined) {
    const given = await probe(search.path);
    if (typeof given !== 'string') return given;
    throw unusable([given], 'give the path of a nats-server executable');
  }
  const cached = join(search.cacheDir, 'nats-server');
  const reasons: string[] = [];
  for (const path of [...installedPaths(search.searchPath), cached]) {
    const found = await probe(path);
    if (typeof found !== 'string') return found;
    if (found !== '') reasons.push(found);
  }
  const sources: [string, (() => Promise<string>) | undefined][] = [
    ['the pinned release', search.fetch],
    ["Debian's package", () => unpackDebianPackage(search.cacheDir, cached)],
  ];
  for (const [name, source] of sources) {
    if (source === undefined) continue;
    try {
      search.log.info(`nats-server is not installed: fetching ${name}`);
      const path = await source();
      const found = await probe(path);
      if (typeof found !== 'string') return found;
      reasons.push(found || `${path} is missing`);
    } catch (error) {
      reasons.push(`${name}: ${messageOf(error)}`);
      search.log.debug({ err: error }, `cannot use ${name} of nats-server`);
    }
  }
  throw unusable(reasons, 'install it (apt-get install nats-server), or use a server of yours with --nats <url>');
}

function unusable(reasons: string[], hint: string): VhiveError {
  return new VhiveError({ code: 'preflight', message: `no usable nats-server: ${reasons.join('; ')}`, hint });
}

/**
 * The directories in which an installed nats-server may be. The sbin directories are added because Debian puts it there
 * and not everybody's PATH has them.
 */
function installedPaths(searchPath: string | undefined): string[] {
  const path = searchPath ?? [process.env.PATH, '/usr/sbin', '/usr/local/sbin', '/usr/local/bin'].join(delimiter);
  return [...new Set(path.split(delimiter).filter(Boolean))].map((directory) => join(directory, 'nats-server'));
}

/** Returns the binary, or the reason why it cannot be used, which is empty when there is no binary. */
async function probe(path: string): Promise<NatsBinary | string> {
  try {
    await access(path, constants.X_OK);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? '' : `${path} cannot be run: ${messageOf(error)}`;
  }
  const run = await execa(path, ['--version'], { reject: false, timeout: 10_000, all: true });
  const version = /v(\d+\.\d+\.\d+\S*)/.exec(run.all)?.[1];
  if (run.failed || version === undefined) return `${path} --version failed: ${run.all.trim() || run.shortMessage}`;
  if (semver.lt(version, OLDEST)) return `${path} is ${version}, needed is ${OLDEST} or later`;
  return { path, version };
}

async function unpackDebianPackage(cacheDir: string, target: string): Promise<string> {
  await makeDirectory(cacheDir, 0o755);
  const work = await mkdtemp(join(cacheDir, '.nats-server-'));
  try {
    await downloadPackage(work);
    const [archive] = (await readdir(work)).filter((name) => name.endsWith('.deb'));
    if (archive === undefined) throw new Error('apt-get download left no package');
    await execa('dpkg-deb', ['-x', join(work, archive), join(work, 'tree')]);
    await rename(join(work, 'tree/usr/sbin/nats-server'), target);
    return target;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function downloadPackage(directory: string): Promise<void> {
  const root = process.getuid?.() === 0;
  // When apt runs as root it drops to its own user, who cannot write to this directory.
  const args = ['-q', ...(root ? ['-o', 'APT::Sandbox::User=root'] : []), 'download', 'nats-server'];
  const options = { cwd: directory, timeout: 120_000 };
  try {
    await execa('apt-get', args, options);
  } catch (error) {
    if (!root) throw error;
    // A fresh host has no package lists yet.
    await execa('apt-get', ['-q', 'update'], options);
    await execa('apt-get', args, options);
  }
}
