import { agentActions } from '@vhive/shared';
import { expect, test } from 'vitest';
import { judgePool } from './judge-pool.ts';
import { type FoundPool, whyNoStatus } from './look-at-pool.ts';
import { parsePoolTable } from './pool-table.ts';

const params = agentActions['thin-pool'].params.parse({
  name: 'fc-dev-thinpool',
  directory: '/pool',
  dataBytes: 100 * 2 ** 30,
  metadataBytes: 2 * 2 ** 30,
  unit: 'vhive-thin-pool.service',
});

const TABLE = '0 209715200 thin-pool 7:1 7:0 128 32768 1 skip_block_zeroing';
const STATUS = '0 209715200 thin-pool 0 152/524288 0/1638400 - rw discard_passdown queue_if_no_space - 1024';

const there = (change: Partial<Extract<FoundPool, { state: 'there' }>> = {}): FoundPool => ({
  state: 'there',
  status: STATUS,
  // The kernel ends the line with a space.
  table: `${TABLE} `,
  devices: { metadata: '7:1', data: '7:0' },
  ...change,
});

test('the table of a pool as the quickstart makes it', () => {
  expect(parsePoolTable(TABLE)).toEqual({
    sectors: 209715200,
    metadataDevice: '7:1',
    dataDevice: '7:0',
    blockSectors: 128,
    lowWaterMarkBlocks: 32768,
    features: ['skip_block_zeroing'],
  });
  expect(parsePoolTable('0 8 linear 8:1 0')).toBeUndefined();
});

test('as wanted: nothing to do', () => {
  expect(judgePool(params, there())).toEqual({ changes: [], notes: [] });
});

test('none yet: it is made', () => {
  expect(judgePool(params, { state: 'absent' }).changes).toEqual(['fc-dev-thinpool: the thin pool of 100 GiB is made']);
});

test('smaller than wanted: it grows; larger: it stays', () => {
  const small = { table: TABLE.replace('209715200', '104857600'), status: STATUS.replace('/524288', '/262144') };
  expect(judgePool(params, there(small)).changes).toEqual([
    'fc-dev-thinpool: grows from 50 GiB to 100 GiB',
    'fc-dev-thinpool: its metadata grows from 1 GiB to 2 GiB',
  ]);
  const large = judgePool({ ...params, dataBytes: 2 ** 30 }, there());
  expect(large).toMatchObject({ changes: [], notes: [expect.stringContaining('only grows')] });
});

test('metadata beyond what the kernel uses is not asked for again and again', () => {
  const most = { status: STATUS.replace('/524288', '/4161600') };
  expect(judgePool({ ...params, metadataBytes: 16 * 2 ** 30 }, there(most)).changes).toEqual([]);
});

test.each([
  ['failed', { status: '0 209715200 thin-pool Fail' }, /needs repair.*thin_check/s],
  ['read-only', { status: STATUS.replace(' rw ', ' ro ') }, /needs repair.*thin_repair/s],
  ['to be checked', { status: STATUS.replace(' - 1024', ' needs_check 1024') }, /needs repair/],
  ['other device', { table: TABLE.replace('7:0', '7:5') }, /stands on the devices 7:1 and 7:5/],
  ['files deleted', { devices: { metadata: undefined, data: undefined } }, /no loop device/],
  ['other blocks', { table: TABLE.replace(' 128 ', ' 256 ') }, /blocks of 256 sectors/],
  ['no pool at all', { status: '0 8 linear', table: '0 8 linear 8:1 0' }, /no thin pool/],
  ['full', { status: STATUS.replace(' rw ', ' out_of_data_space ') }, /is full.*dataGiB/s],
])('%s: refused for good', (_title, change, expected) => {
  const { refusal, changes } = judgePool(params, there(change));
  expect(changes).toEqual([]);
  expect(refusal?.failure.permanent).toBe(true);
  expect(`${refusal?.failure.message}\n${refusal?.failure.hint}`).toMatch(expected);
});

test('a full pool that is to grow is not refused', () => {
  const full = there({
    status: STATUS.replace(' rw ', ' out_of_data_space '),
    table: TABLE.replace('209715200', '104857600'),
  });
  expect(judgePool(params, full).changes).toEqual(['fc-dev-thinpool: grows from 50 GiB to 100 GiB']);
});

test('why dmsetup knows no status', () => {
  const because = (stderr: string, exitCode = 1) => whyNoStatus({ exitCode, stdout: '', stderr });
  expect(because('Device does not exist.\nCommand failed.\n')).toEqual({ state: 'absent' });
  expect(because('Device fc-dev-thinpool not found\nCommand failed.\n')).toEqual({ state: 'absent' });
  expect(because('dmsetup: no such program', 127)).toEqual({ state: 'no-program' });
  expect(
    because(
      '/dev/mapper/control: open failed: No such device\nFailure to communicate with kernel device-mapper driver.\nCommand failed.\n',
    ),
  ).toEqual({ state: 'no-driver', words: '/dev/mapper/control: open failed: No such device' });
  expect(because('Permission denied')).toBeUndefined();
});
