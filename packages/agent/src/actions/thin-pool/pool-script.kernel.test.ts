import { agentActions, type ParamsIn } from '@vhive/shared';
import { describe, expect, test } from 'vitest';
import { judgePool, type PoolVerdict } from './judge-pool.ts';
import { poolScript } from './pool-script.ts';
import { inOwnKernel, whyNoKernel } from './user-mode-linux.test-support.ts';

const GIB = 2 ** 30;
const params = (change: Partial<ParamsIn<'thin-pool'>> = {}) =>
  agentActions['thin-pool'].params.parse({
    name: 'fc-dev-thinpool',
    directory: '/mnt/pool',
    dataBytes: 100 * GIB,
    metadataBytes: GIB / 4,
    unit: 'vhive-thin-pool.service',
    ...change,
  });
const grown = params({ dataBytes: 200 * GIB, metadataBytes: GIB / 2 });

/** One line per fact, after a title. */
const report = (title: string) => [
  `echo "== ${title} $?"`,
  'dmsetup status fc-dev-thinpool',
  'dmsetup table fc-dev-thinpool',
  'losetup -l -n -O MAJ:MIN -j /mnt/pool/metadata',
  'losetup -l -n -O MAJ:MIN -j /mnt/pool/data',
];
const thinVolume = 'dmsetup create vol --table "0 2097152 thin /dev/mapper/fc-dev-thinpool 0"';
/** What a reboot does to devices; the files stay. */
const reboot = ['dmsetup remove vol', 'dmsetup remove fc-dev-thinpool', 'losetup -D'];

/** Sections by title: the exit status before it, and the lines after it. */
function sections(output: string) {
  const parts = output.replaceAll('\r', '').split(/^== /m).slice(1);
  return Object.fromEntries(
    parts.map((part) => {
      const [head = '', ...lines] = part.split('\n');
      const [title = '', status = ''] = head.split(' ');
      return [title, { status: Number(status), lines: lines.map((line) => line.trim()).filter(Boolean) }];
    }),
  );
}

describe.skipIf(whyNoKernel !== undefined)(
  `with a kernel of its own${whyNoKernel ? ` (skipped: ${whyNoKernel})` : ''}`,
  () => {
    test('makes a pool, leaves it alone, grows it, brings it back after a reboot; damage is not covered up', async () => {
      const output = await inOwnKernel(
        [
          'sh small',
          ...report('made'),
          'sh small',
          ...report('again'),
          'dmsetup message fc-dev-thinpool 0 "create_thin 0"',
          thinVolume,
          'echo precious > /dev/mapper/vol; sync',
          'sh large',
          ...report('grown'),
          ...reboot,
          'sh large',
          ...report('rebooted'),
          thinVolume,
          'echo "== content 0"; head -c 9 /dev/mapper/vol',
          ...reboot,
          'dd if=/dev/urandom of=/mnt/pool/metadata bs=4096 count=1 conv=notrunc',
          'sh large',
          ...report('damaged'),
        ],
        { small: poolScript(params()).content, large: poolScript(grown).content },
      );
      const found = sections(output);
      const verdict = (title: string, wanted = params()): PoolVerdict & { exit: number | undefined } => {
        const [status = '', table = '', metadata, data] = found[title]?.lines ?? [];
        const devices = { metadata, data };
        return { exit: found[title]?.status, ...judgePool(wanted, { state: 'there', status, table, devices }) };
      };
      const asWanted = { exit: 0, changes: [], notes: [] };
      expect(verdict('made'), output).toEqual(asWanted);
      expect(verdict('made', grown).changes).toHaveLength(2);
      expect(verdict('again')).toEqual(asWanted);
      expect(verdict('grown', grown)).toEqual(asWanted);
      expect(verdict('rebooted', grown)).toEqual(asWanted);
      expect(found.content?.lines[0]).toBe('precious');
      expect(found.damaged?.status).toBe(1);
      expect(output).toContain('refuses the thin pool fc-dev-thinpool');
    }, 120_000);
  },
);
