import { expect, test } from 'vitest';
import { testContext } from '../kit/context.fixture.ts';
import { poolSpaceFindings } from './pool-space-findings.ts';

const GIB = 2 ** 30;
const pool = (dataGiB: number) => ({ directory: '/pool', dataBytes: dataGiB * GIB });

/** Makes a host with this much free space, and with a data file that takes this much of the rest. */
const machine = (freeGiB: number, takenGiB = 0) =>
  testContext({
    host: () => ({
      space: async () => ({ totalBytes: 1000 * GIB, freeBytes: freeGiB * GIB }),
      stat: async () => ({
        type: 'file',
        mode: '0600',
        owner: 'root',
        group: 'root',
        bytes: 100 * GIB,
        allocatedBytes: takenGiB * GIB,
        state: '',
      }),
    }),
  });

test.each([
  [100, 0],
  [60, 40],
])('%i GiB free and %i taken by the pool hold 100', async (free, taken) => {
  await using context = await machine(free, taken);
  expect(await poolSpaceFindings(context.host, pool(100), false)).toEqual([]);
});

test('too little room names the largest pool that fits', async () => {
  await using context = await machine(10.6, 2);
  expect(await poolSpaceFindings(context.host, pool(100), false)).toEqual([
    {
      check: 'thin-pool space',
      level: 'error',
      message: expect.stringMatching(/can grow to 100\.0 GiB.*only 12\.6 GiB.*10\.6 GiB free, with 2\.0 GiB/),
      hint: expect.stringMatching(/firecracker\.thinPool\.dataGiB: 12 fits.*preflight\.ignore: \[thin-pool space\]/),
    },
  ]);
  expect(await poolSpaceFindings(context.host, pool(100), true)).toMatchObject([{ level: 'warning' }]);
});

test('without any room no size is named', async () => {
  await using context = await machine(0.5);
  const [finding] = await poolSpaceFindings(context.host, pool(100), false);
  expect(finding?.hint).not.toContain('dataGiB');
});

test('no pool, no finding', async () => {
  await using context = await machine(0);
  expect(await poolSpaceFindings(context.host, null, false)).toEqual([]);
});

test('the real file system of a directory that is still to come is measured', async () => {
  await using context = await testContext();
  const { freeBytes } = await context.host.space('/');
  const wanted = { directory: '/var/lib/none/yet', dataBytes: 2 * freeBytes + GIB };
  expect(await poolSpaceFindings(context.host, wanted, false)).toMatchObject([{ check: 'thin-pool space' }]);
});
