import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { replaceTree } from './replace-tree.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-replace-'));
});
afterEach(() => rm(directory, { recursive: true }));

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  const root = join(directory, folder);
  await mkdir(root, { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

/** Returns the files below a folder with their content, and its empty folders. */
async function read(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true });
  const found = entries.map(async (entry) => {
    const path = join(entry.parentPath, entry.name);
    if (entry.isDirectory()) return (await readdir(path)).length === 0 ? [[path.slice(root.length + 1), '']] : [];
    return [[path.slice(root.length + 1), await readFile(path, 'utf8')]];
  });
  return Object.fromEntries((await Promise.all(found)).flat());
}

it('is the new tree afterwards, in the folder that was there', async () => {
  const tree = await write('tree', { 'a/old': '1', 'a/b/same': '2', 'c/changed': '3', gone: '4' });
  const { ino } = await stat(tree);
  const same = await stat(join(tree, 'a/b/same'));
  const files = { 'a/b/same': '2', 'c/changed': 'new', 'd/e/f': '5' };
  await replaceTree(await write('made', files), tree);
  expect(await read(tree)).toEqual(files);
  expect((await stat(tree)).ino).toBe(ino);
  // What did not change is the same file still, so nobody needs to read it again.
  expect(await stat(join(tree, 'a/b/same'))).toMatchObject({ ino: same.ino, mtimeMs: same.mtimeMs });
  expect(await readdir(directory)).toEqual(['tree']);
});

it('makes a first tree', async () => {
  await replaceTree(await write('made', { 'a/b': '1' }), join(directory, 'tree'));
  expect(await read(join(directory, 'tree'))).toEqual({ 'a/b': '1' });
});

it('makes of any tree any other, also where files become folders and folders files', async () => {
  const path = fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
  const tree = fc.dictionary(path, fc.constantFrom('1', '22')).map((files) => {
    const names = Object.keys(files);
    return Object.fromEntries(
      Object.entries(files).filter(([name]) => !names.some((one) => one.startsWith(`${name}/`))),
    );
  });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(tree, tree, async (before, after) => {
      run += 1;
      const old = await write(`tree-${run}`, before);
      await replaceTree(await write(`made-${run}`, after), old);
      expect(await read(old)).toEqual(after);
    }),
    { numRuns: 60 },
  );
});
