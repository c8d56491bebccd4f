import { realpath, stat, statfs } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ignoring } from '@vhive/base/ignoring';
import { defined, type Facts } from '@vhive/shared';
import { readText } from './read-text.ts';

/**
 * Returns the directory in /sys of the block device behind `/`. It is undefined where there is none, as with an
 * overlay, a network file system or inside a container.
 */
async function deviceDirectory(): Promise<string | undefined> {
  const { dev } = await stat('/');
  // This is how glibc encodes a device number.
  const [major, minor] = [(dev >> 8) & 0xfff, (dev & 0xff) | ((dev >> 12) & 0xfff00)];
  const direct = await realpath(`/sys/dev/block/${major}:${minor}`).catch(
    ignoring('an anonymous device has no entry; the mount table is asked next'),
  );
  if (direct) return direct;
  // btrfs and some other file systems give an anonymous device number; for them the mount table names the device.
  const mount = ((await readText('/proc/self/mountinfo')) ?? '').split('\n').find((line) => line.split(' ')[4] === '/');
  const source = mount?.split(' - ')[1]?.split(' ')[1];
  if (!source?.startsWith('/dev/')) return undefined;
  const device = await realpath(source).catch(() => source);
  return realpath(`/sys/class/block/${basename(device)}`).catch(
    ignoring('a view of the machine without /sys names no device'),
  );
}

/**
 * Tells whether a device is a rotating disk. A partition has the queue of its disk, while a device-mapper volume has
 * one of its own.
 */
async function rotational(directory: string): Promise<boolean | undefined> {
  const own =
    (await readText(join(directory, 'queue/rotational'))) ??
    (await readText(join(dirname(directory), 'queue/rotational')));
  return own === undefined ? undefined : own === '1';
}

/**
 * Returns the size and the free space of the root file system in bytes. The free space is what a user without
 * privileges may take.
 */
export async function rootFileSystem(): Promise<Facts['root']> {
  const space = await statfs('/');
  const directory = await deviceDirectory().catch(ignoring('facts that cannot be gathered are left out'));
  const spins = directory === undefined ? undefined : await rotational(directory);
  return {
    totalBytes: space.blocks * space.bsize,
    freeBytes: space.bavail * space.bsize,
    ...defined({ rotational: spins }),
  };
}
