import { expect, test } from 'vitest';
import { parsePoolStatus } from './pool-status.ts';

test('a healthy pool, as Linux 6.1 prints it', () => {
  expect(
    parsePoolStatus('0 209715200 thin-pool 0 4238/524288 1/1638400 - rw discard_passdown queue_if_no_space - 1024 \n'),
  ).toEqual({
    mode: 'rw',
    usedMetadataBlocks: 4238,
    totalMetadataBlocks: 524288,
    usedDataBlocks: 1,
    totalDataBlocks: 1638400,
    needsCheck: false,
  });
});

test.each([
  ['0 209715200 thin-pool Fail', { mode: 'fail' }],
  ['0 209715200 thin-pool Error', { mode: 'error' }],
  [
    '0 209715200 thin-pool 4 152/524288 81/1638400 - ro discard_passdown queue_if_no_space needs_check 1024',
    { mode: 'ro', needsCheck: true },
  ],
  [
    '0 2048 thin-pool 0 112/1024 16/16 - out_of_data_space discard_passdown queue_if_no_space - 256 ',
    { mode: 'out_of_data_space', usedDataBlocks: 16, totalDataBlocks: 16, needsCheck: false },
  ],
  // This line is from kernels that knew neither needs_check nor the low water mark of the metadata.
  ['0 100 thin-pool 0 1/2 3/4 - rw no_discard_passdown queue_if_no_space', { mode: 'rw', needsCheck: false }],
])('%s', (line, expected) => {
  expect(parsePoolStatus(line)).toMatchObject(expected);
});

test.each(['', '0 209715200 linear ', '0 1 thin-pool 4 x/y 1/2 - rw', '0 8 thin 4096 8191'])('no pool: %j', (line) => {
  expect(parsePoolStatus(line)).toBeUndefined();
});
