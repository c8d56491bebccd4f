import { constants } from 'node:fs';
import { access, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { messageOf, VhiveError } from '@vhive/shared';
import { execa } from 'execa';
import type { Logger } from 'pino';
import semver from 'semver';

/** The oldest server with all that is used here (operator mode with JetStream, KV, revocation): Debian 12's minor. */
const OLDEST = '2.9.0';

/** A usable nats-server. */
export interface NatsBinary {
  path: string;
  /** Without "v". */
  version: string;
}

/** Where to look for nats-server. */
export interface NatsBinarySearch {
  /** Where a fetched binary is kept. */
  cacheDir: string;
  log: Logger;
  /** Use this one and no other. */
  path?: string | undefined;
  /** Fetches the pinned upstream artifact; gives the path of the executable. Tried before Debian's package. */
  fetch?: (() => Promise<string>) | undefined;
  /** Look only in these directories (in PATH's form) instead of PATH and the sbin directories. */
  searchPath?: string | undefined;
}

/**
 * Finds nats-server: the given path, else PATH and the usual directories, else the cache, else the pinned artifact,
 * else Debian's package unpacked into the cache (no root needed). Throws code `preflight` with all reasons.
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

/** The sbin directories are not in everybody's PATH, and Debian puts it there. */
function installedPaths(searchPath: string | undefined): string[] {
  const path = searchPath ?? [process.env.PATH, '/usr/sbin', '/usr/local/sbin', '/usr/local/bin'].join(delimiter);
  return [...new Set(path.split(delimiter).filter(Boolean))].map((directory) => join(directory, 'nats-server'));
}

/** The binary, or why it cannot be used; empty when there is none. */
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
  await mkdir(cacheDir, { recursive: true, mode: 0o755 });
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
  // As root apt would drop to its own user, who cannot write here.
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
