import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CloudlabNode } from '../../support/cloudlab-node.ts';

/** A single-node cluster, which needs neither a LAN nor the key. */
const singleNode = () => CloudlabNode.create('node-0', '');
const part = (name: string, type: string, fields: string) =>
  `NAME="${name}" ${fields} TYPE="part" PARTTYPE="${type}"\n`;

describe('the root file system', () => {
  /** The layout of CloudLab's older images: 16 GB for root, then another system's, swap and the rest, and a data file system. */
  async function smallRoot() {
    const node = await singleNode();
    await node.write('free', '9\n');
    const none = 'FSTYPE="" MOUNTPOINT=""';
    await node.write(
      'partitions',
      'NAME="sda" FSTYPE="" MOUNTPOINT="" TYPE="disk" PARTTYPE=""\n' +
        part('sda1', '0x83', 'FSTYPE="ext4" MOUNTPOINT="/"') +
        part('sda2', '0x0', none) +
        part('sda3', '0x82', 'FSTYPE="swap" MOUNTPOINT="[SWAP]"') +
        part('sda4', '0x83', 'FSTYPE="ext4" MOUNTPOINT=""') +
        part('sda5', '0x8e', none) +
        part('sda6', '0x83', none),
    );
    // The last one is in front of root, where nothing is gained.
    for (const [index, start] of [1000, 2000, 3000, 4000, 5000, 64].entries()) {
      await node.write(`root/sys/class/block/sda${index + 1}/partition`, `${index + 1}\n`);
      await node.write(`root/sys/class/block/sda${index + 1}/start`, `${start}\n`);
    }
    await node.write('root/etc/fstab', '/dev/sda1 / ext4 defaults 0 1\n/dev/sda3 none swap sw 0 0\n');
    return node;
  }

  it('is left alone where there is room', async () => {
    const { calls } = await (await singleNode()).start('master', 'grow', '1');
    expect(calls.filter((call) => /^(growpart|resize2fs|sfdisk|swapoff)/.test(call))).toEqual([]);
  });

  it('is grown over swap and empty partitions behind it, and over nothing else', async () => {
    const node = await smallRoot();
    await node.write('free-after', '210\n');
    const { exitCode, calls, stdout } = await node.start('master', 'grow', '1');
    expect(exitCode).toBe(0);
    expect(calls.filter((call) => /^(growpart|resize2fs|sfdisk|swapoff)/.test(call))).toEqual([
      'sfdisk --no-reread --force --delete /dev/sda 2',
      'swapoff /dev/sda3',
      'sfdisk --no-reread --force --delete /dev/sda 3',
      'growpart /dev/sda 1',
      'resize2fs /dev/sda1',
    ]);
    expect(await node.read('root/etc/fstab')).toBe(
      '/dev/sda1 / ext4 defaults 0 1\n# vhive: /dev/sda3 none swap sw 0 0\n',
    );
    expect(stdout).toContain('was grown and has 210 GiB free');
  });

  it.each(['grow', 'keep'])('refuses a node whose root stays too small (%s)', async (rootSpace) => {
    const node = await smallRoot();
    await node.write('grown', '');
    const { exitCode, result, calls } = await node.start('master', rootSpace, '1');
    expect(exitCode).toBe(3);
    expect(result).toMatchObject({
      outcome: 'failed',
      exitCode: 3,
      code: 'preflight',
      message: 'the root file system has only 9 GiB free, at least 30 are needed',
      hint: expect.stringMatching(/hardware type/),
    });
    expect(calls.some((call) => call.startsWith('sfdisk'))).toBe(rootSpace === 'grow');
    expect(calls.filter((call) => call.startsWith('vhive-'))).toEqual([]);
  });
});

describe('Node.js', () => {
  async function oldNode() {
    const node = await singleNode();
    await rm(join(node.directory, 'repository/node_modules'), { recursive: true });
    return node;
  }

  it('is not fetched for a release or an installed clone', async () => {
    const node = await oldNode();
    await node.write('repository/lib/node/bin/node', '');
    expect((await node.start('master', 'grow', '1')).calls.filter((call) => call.startsWith('curl'))).toEqual([]);
  });

  it('is fetched where that of the image is too old; without a network the result says so', async () => {
    const { exitCode, result, calls } = await (await oldNode()).start('master', 'grow', '1');
    expect(exitCode).toBe(6);
    expect(result).toMatchObject({ code: 'unreachable', message: expect.stringMatching(/nodejs\.org/) });
    expect(calls.filter((call) => call.startsWith('curl'))).toHaveLength(30);
    expect(calls.filter((call) => call === 'sleep 10')).toHaveLength(30);
  });

  it('is not unpacked when it is not what it should be', async () => {
    const node = await oldNode();
    await node.write('download', 'half a file');
    const { exitCode, result } = await node.start('master', 'grow', '1');
    expect(exitCode).toBe(4);
    expect(result).toMatchObject({ code: 'step-failed', message: expect.stringMatching(/SHA-256/) });
  });
});
