import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { execa } from 'execa';

const modules = [
  'block/loop',
  'md/dm-mod',
  'md/dm-bufio',
  'md/dm-bio-prison',
  'md/persistent-data/dm-persistent-data',
  'md/dm-thin-pool',
];

function inPath(...names: string[]): string | undefined {
  const places = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return places.flatMap((place) => names.map((name) => join(place, name))).find((path) => existsSync(path));
}

const kernel = inPath('linux.uml');
const insmod = inPath('insmod');
const dmsetup = inPath('dmsetup');
const moduleRoot = kernel === undefined ? '' : join(dirname(kernel), '../lib/uml/modules');

/** Why no kernel of our own can be booted here; undefined: it can. */
export const whyNoKernel =
  kernel === undefined || !existsSync(moduleRoot)
    ? 'needs the package user-mode-linux'
    : insmod === undefined || dmsetup === undefined
      ? 'needs insmod (package kmod) and dmsetup'
      : undefined;

/**
 * Boots a Linux of its own as a process (User Mode Linux: the files of this machine, read-only, its own devices) with
 * device mapper and loop devices, runs the lines of shell as root, and gives what they printed. /mnt is its memory.
 */
export async function inOwnKernel(lines: readonly string[], files: Record<string, string>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'vhive-kernel-'));
  const [release = ''] = readdirSync(moduleRoot);
  const init = [
    '#!/bin/sh',
    'export PATH=/usr/sbin:/usr/bin:/sbin:/bin',
    // There is no udev in it: libdevmapper makes the nodes of devices itself.
    'export DM_DISABLE_UDEV=1',
    'mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t tmpfs run /run; mount -t tmpfs mnt /mnt',
    'grep -q " /dev devtmpfs " /proc/mounts || mount -t devtmpfs dev /dev',
    ...modules.map((name) => `${insmod} ${join(moduleRoot, release, 'kernel/drivers', `${name}.ko`)}`),
    `cd ${directory}`,
    ...lines,
    'echo o > /proc/sysrq-trigger',
    // The kernel powers off meanwhile; an init that ends would be a panic.
    'while :; do sleep 1; done',
    '',
  ].join('\n');
  try {
    for (const [name, text] of Object.entries({ ...files, init }))
      await writeFile(join(directory, name), text, { mode: 0o755 });
    const boot = ['mem=256M', 'rootfstype=hostfs', 'rootflags=/', 'ro', `init=${directory}/init`, 'quiet'];
    const { stdout } = await execa(kernel ?? '', [...boot, 'con=null', 'con0=null,fd:1'], {
      stdin: 'ignore',
      timeout: 90_000,
      reject: false,
    });
    return stdout;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
