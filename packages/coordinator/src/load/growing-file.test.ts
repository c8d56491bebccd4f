import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GrowingFile } from './growing-file.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-growing-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

describe('a file that grows', () => {
  it('has its name only when it is whole, in the order in which text was added', async () => {
    const file = await GrowingFile.open(directory);
    const lines = Array.from({ length: 20_000 }, (_, n) => `line ${n}\n`);
    for (const line of lines) file.add(line);
    expect(await readdir(directory)).toEqual([expect.stringMatching(/\.tmp$/)]);
    await file.finish(join(directory, 'all.csv'));
    expect(await readdir(directory)).toEqual(['all.csv']);
    expect(await readFile(join(directory, 'all.csv'), 'utf8')).toBe(lines.join(''));
  });

  it('tells at its end what could not be written, and leaves nothing', async () => {
    const file = await GrowingFile.open(directory);
    file.add('x');
    await expect(file.finish(join(directory, 'missing', 'all.csv'))).rejects.toThrow('ENOENT');
    expect(await readdir(directory)).toEqual([]);
  });
});
