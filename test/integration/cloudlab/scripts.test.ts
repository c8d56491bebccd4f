import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { CloudlabNode } from '../../support/cloudlab-node.ts';
import { debianTools, needing } from '../../support/debian-tools.ts';

const profile = join(import.meta.dirname, '../../../profiles/cloudlab');

const checker = await debianTools({ shellcheck: 'shellcheck' });

test.skipIf('missing' in checker)(needing(checker, 'shellcheck finds nothing in the start-up scripts'), async () => {
  const scripts = (await readdir(profile)).filter((name) => name.endsWith('.sh'));
  const env = { PATH: `${'path' in checker ? checker.path : ''}:${process.env.PATH}` };
  const { stdout } = await execa('shellcheck', ['-x', ...scripts], { cwd: profile, env, reject: false });
  expect(stdout).toBe('');
  expect(scripts).toContain('start.sh');
});

const partitioning = await debianTools({ sfdisk: 'fdisk', growpart: 'cloud-guest-utils' });

test.skipIf('missing' in partitioning)(
  needing(partitioning, 'sfdisk and growpart do what the script asks of them, on a disk that is a file'),
  async () => {
    const tools = 'path' in partitioning ? `${partitioning.path}:/usr/bin:/bin` : '';
    const node = await CloudlabNode.create('node-0', '');
    const disk = await node.write('disk', '');
    await execa('truncate', ['-s', '2G', disk]);
    const layout = ['2048,409600,83,*', '411648,409600,83', '821248,204800,82', '1026048,819200,83'];
    await execa('sfdisk', ['-q', disk], { input: `label: dos\n${layout.join('\n')}\n`, env: { PATH: tools } });
    await node.write('free', '9\n');
    await node.write('free-after', '50\n');
    await node.write(
      'partitions',
      [
        '1" FSTYPE="ext4" MOUNTPOINT="/"',
        '2" FSTYPE="" MOUNTPOINT=""',
        '3" FSTYPE="swap" MOUNTPOINT=""',
        '4" FSTYPE="" MOUNTPOINT=""',
      ]
        .map((line) => `NAME="sda${line} TYPE="part" PARTTYPE="0x83"\n`)
        .join(''),
    );
    await node.write('root/etc/fstab', '');
    for (const [index, fields] of layout.entries()) {
      await node.write(`root/sys/class/block/sda${index + 1}/partition`, `${index + 1}\n`);
      await node.write(`root/sys/class/block/sda${index + 1}/start`, `${fields.split(',')[0]}\n`);
    }
    await node.program('sfdisk', `PATH=${tools} exec sfdisk "$1" "$2" "$3" ${disk} "$5"`);
    await node.program('growpart', `PATH=${tools} exec growpart ${disk} "$2"`);

    expect(await node.start('master', 'grow', '1')).toMatchObject({ exitCode: 0 });
    const { stdout } = await execa('sfdisk', ['-d', disk], { env: { PATH: tools } });
    const left = stdout.split('\n').filter((line) => line.startsWith(disk));
    expect(left).toEqual([expect.stringMatching(/start=\s+2048, size=\s+419\d{4}, type=83, bootable/)]);
  },
);
