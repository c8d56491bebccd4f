import { realpath, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Facts } from '@vhive/shared';
import { readText } from './read-text.ts';

/** The block device behind `/` as a directory of /sys, or undefined (overlay, network, a container's view). */
async function deviceDirectory(): Promise<string | undefined> {
  const { dev } = await stat('/');
  // glibc's encoding of a device number.
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  const direct = await realpath(`/sys/dev/block/${major}:${minor}`).catch(() => undefined);
  if (direct) return direct;
  // btrfs and others give an anonymous number; the mount table names the device.
  const mount = ((await readText('/proc/self/mountinfo')) ?? '').split('\n').find((line) => line.split(' ')[4] === '/');
  const source = mount?.split(' - ')[1]?.split(' ')[1];
  if (!source?.startsWith('/dev/')) return undefined;
  const device = await realpath(source).catch(() => source);
  return realpath(`/sys/class/block/${basename(device)}`).catch(() => undefined);
}

/** A partition's queue is that of its disk; device-mapper volumes have one of their own. */
async function rotational(directory: string): Promise<boolean | undefined> {
  const own =
    (await readText(join(directory, 'queue/rotational'))) ??
    (await readText(join(dirname(directory), 'queue/rotational')));
  return own === undefined ? undefined : own === '1';
}

/** Size and free space (for unprivileged use) of the root file system, bytes. */
export async function rootFileSystem(): Promise<Facts['root']> {
  const space = await statfs('/');
  const directory = await deviceDirectory().catch(() => undefined);
  const spins = directory === undefined ? undefined : await rotational(directory);
  return {
    totalBytes: space.blocks * space.bsize,
    freeBytes: space.bavail * space.bsize,
    ...(spins === undefined ? {} : { rotational: spins }),
  };
}
