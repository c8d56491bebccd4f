import { createHash } from 'node:crypto';
import { rename, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testContext } from './context.fixture.ts';
import { seenDigest } from './seen-digest.ts';

const digest = (text: string) => createHash('sha256').update(text).digest('hex');

test('a file is read again only if it looks other than it did', async () => {
  await using context = await testContext();
  const path = join(context.root, 'program');
  await writeFile(path, 'one');
  expect(await seenDigest('/program', context)).toBe(digest('one'));
  // That the file is not read shows only if what is remembered of it is wrong.
  const record = (await context.records.get('digest /program')) as object;
  await context.records.set('digest /program', { ...record, sha256: 'remembered' });
  expect(await seenDigest('/program', context)).toBe('remembered');
});

test.each([
  ['written over with as many bytes', (path: string) => writeFile(path, 'two')],
  [
    'written over, and its time set back',
    async (path: string, time: Date) => {
      await writeFile(path, 'two');
      await utimes(path, time, time);
    },
  ],
  [
    'replaced',
    async (path: string, time: Date) => {
      await writeFile(`${path}.new`, 'two');
      await utimes(`${path}.new`, time, time);
      await rename(`${path}.new`, path);
    },
  ],
])('a file that was %s is read', async (_, change) => {
  await using context = await testContext();
  const path = join(context.root, 'program');
  const time = new Date(1_700_000_000_000);
  await writeFile(path, 'one');
  await utimes(path, time, time);
  expect(await seenDigest('/program', context)).toBe(digest('one'));
  await change(path, time);
  expect(await seenDigest('/program', context)).toBe(digest('two'));
});

test('a damaged record, and one of another file, count as none', async () => {
  await using context = await testContext();
  await writeFile(join(context.root, 'program'), 'one');
  await context.records.set('digest /program', { sha256: 'x' });
  expect(await seenDigest('/program', context)).toBe(digest('one'));
  await expect(seenDigest('/absent', context)).rejects.toThrow('ENOENT');
});

test('of a link, what it leads to counts', async () => {
  await using context = await testContext();
  for (const name of ['one', 'two']) await writeFile(join(context.root, name), name);
  await symlink('middle', join(context.root, 'link'));
  await symlink('one', join(context.root, 'middle'));
  expect(await seenDigest('/link', context)).toBe(digest('one'));
  await context.host.symlink('two', '/middle');
  expect(await seenDigest('/link', context)).toBe(digest('two'));
});
