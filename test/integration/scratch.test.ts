import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { beforeEach, describe, expect, it } from 'vitest';

// The suite's own configurations, on a suite whose test leaves a directory behind.

const repository = join(import.meta.dirname, '../..');
const vitest = join(repository, 'node_modules/vitest/vitest.mjs');
const untidy = `
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
it('leaves a directory', () => {
  const left = mkdtempSync(join(tmpdir(), 'vhive-left-'));
  writeFileSync('left.txt', left);
  throw new Error('and fails');
});
`;

let directory: string;
let temporary: string;
beforeEach(async () => {
  directory = join(process.env.TMPDIR ?? '', 'scratch-test');
  temporary = join(directory, 'tmp');
  await mkdir(temporary, { recursive: true });
});

describe.each(['vitest.config.ts', 'test/lab/vitest.config.ts', 'test/emulated/vitest.config.ts'])('%s', (config) => {
  it('leaves no temporary directory behind, whatever its tests do', async () => {
    const test = join(directory, 'test/integration/one.test.ts');
    await mkdir(dirname(test), { recursive: true });
    await writeFile(test, untidy);
    const words = ['run', '--root', directory, '--config', join(repository, config), '--globals'];
    const { exitCode, all } = await execa(process.execPath, [vitest, ...words], {
      ...{ cwd: directory, reject: false, all: true },
      env: { VITEST: '', NO_COLOR: '1', TMPDIR: temporary },
    });
    expect(all).toContain('and fails');
    expect(exitCode).toBe(1);
    const left = await readFile(join(directory, 'left.txt'), 'utf8');
    expect(dirname(dirname(left))).toBe(temporary);
    expect(await readdir(temporary)).toEqual([]);
  });
});

it('every other run of tests of the repository has such a directory too', () => {
  expect(process.env.TMPDIR).toMatch(/\/vhive-t-[^/]+$/);
});
