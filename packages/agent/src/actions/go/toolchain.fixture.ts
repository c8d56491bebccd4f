import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** Where the lab keeps the Debian packages of its Go. */
const PACKAGES = '/var/cache/vhive/lab/build/apt/tools';
/** Unpacked once, for all runs of the tests. */
const UNPACKED = join(import.meta.dirname, '../../../../../.cache/go');

/** GOROOT of a real Go: the one of this machine, else that of the lab; undefined when there is none. */
export async function findGoRoot(): Promise<string | undefined> {
  const own = await execa('go', ['env', 'GOROOT'], { reject: false, env: { GOTOOLCHAIN: 'local' } });
  if (own.exitCode === 0 && own.stdout !== '') return own.stdout;
  const packages = (await readdir(PACKAGES).catch(() => [])).filter((name) => /^golang-[\d.]+-(?:go|src)_/.test(name));
  if (packages.length < 2) return undefined;
  await unpackOnce(packages);
  const [version] = await readdir(join(UNPACKED, 'usr/lib'));
  return version === undefined ? undefined : join(UNPACKED, 'usr/lib', version);
}

async function unpackOnce(packages: string[]): Promise<void> {
  if (await stat(UNPACKED).catch(() => undefined)) return;
  await mkdir(join(UNPACKED, '..'), { recursive: true });
  const staging = await mkdtemp(`${UNPACKED}-`);
  for (const name of packages) await execa('dpkg-deb', ['--extract', join(PACKAGES, name), staging]);
  // Another run may have been faster.
  await rename(staging, UNPACKED).catch(() => rm(staging, { recursive: true }));
}
