import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readTraceFolder } from './read-trace-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vhive-trace-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const hashes = 'HashOwner,HashApp,HashFunction';
const good = {
  'invocations.csv': `${hashes},Trigger,1,2,3\no,a,f,http,1,2,3\n`,
  'durations.csv': `${hashes},Average,${[0, 1, 25, 50, 75, 99, 100].map((p) => `percentile_Average_${p}`).join(',')}\no,a,f,1,1,1,1,1,1,1,1\n`,
  'memory.csv': `${hashes},${[1, 5, 25, 50, 75, 95, 99, 100].map((p) => `AverageAllocatedMb_pct${p}`).join(',')}\no,a,f,1,1,1,1,1,1,1,1\n`,
};
const write = (changed: Record<string, string | undefined> = {}) =>
  Promise.all(
    Object.entries({ ...good, ...changed }).map(([name, text]) =>
      text === undefined ? undefined : writeFile(join(folder, name), text),
    ),
  );
const read = (intervals = 3) => readTraceFolder(folder, { intervals, skipIncomplete: false });

it('reads so many intervals as are asked for', async () => {
  await write();
  expect((await read()).functions).toMatchObject([{ hash: 'f', trigger: 'http', calls: [1, 2, 3] }]);
  expect((await read(2)).functions).toMatchObject([{ calls: [1, 2] }]);
});

it('takes files as spreadsheets write them', async () => {
  await write({ 'invocations.csv': `\ufeff${hashes},Trigger,1\r\n"o","a","f","http","1"\r\n\r\n` });
  expect((await read(1)).functions).toMatchObject([{ owner: 'o', calls: [1] }]);
});

it.each<[string, Record<string, string | undefined>, string]>([
  ['a missing file', { 'memory.csv': undefined }, 'memory.csv: it cannot be read: ENOENT'],
  ['an empty file', { 'durations.csv': '' }, 'durations.csv: it is empty'],
  ['an open quote', { 'invocations.csv': `${hashes},Trigger,1\no,a,f,"http,1\n` }, 'invocations.csv:'],
  [
    'a hole',
    { 'invocations.csv': `${hashes},Trigger,1,2,3\n\no,a,f,http,1,,3\n` },
    'invocations.csv:3: the column 2 is empty',
  ],
  [
    'a short trace',
    { 'invocations.csv': `${hashes},Trigger,1\no,a,f,http,1\n` },
    'it has 1 columns of calls, and 3 are asked for',
  ],
])('%s is told with its place', async (_, changed, message) => {
  await write(changed);
  await expect(read()).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining(message) });
});
