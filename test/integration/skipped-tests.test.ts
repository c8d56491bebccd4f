import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, it } from 'vitest';

// These tests run the suite's own configuration on a suite of two tests.

const repository = join(import.meta.dirname, '../..');
const vitest = join(repository, 'node_modules/vitest/vitest.mjs');

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-skips-'));
  await mkdir(join(directory, 'test/integration'), { recursive: true });
});
afterEach(() => rm(directory, { recursive: true }));

async function run(second: string, { words = [] as string[], env = {} } = {}) {
  await writeFile(join(directory, 'test/integration/two.test.ts'), `it('first', () => {});\n${second}\n`);
  const config = ['--root', directory, '--config', join(repository, 'vitest.config.ts'), '--globals'];
  return await execa(process.execPath, [vitest, 'run', ...config, ...words], {
    ...{ cwd: directory, reject: false, all: true },
    env: { VITEST: '', NO_COLOR: '1', VHIVE_ALLOW_SKIPS: '', ...env },
  });
}

it.each([
  ["it.skip('second', () => {});", 'two.test.ts > second'],
  ["it.todo('second');", 'two.test.ts > second'],
  [
    "describe.skipIf(true)('without a tool', () => { it('second', () => {}); });",
    'two.test.ts > without a tool > second',
  ],
  ["it('second', ({ skip }) => skip('no tool here'));", 'two.test.ts > second: no tool here'],
])('%s fails the run, and is named', async (second, named) => {
  const { exitCode, all } = await run(second);
  expect(all).toContain('1 test was skipped, which is an error');
  expect(all).toContain(named);
  expect(exitCode).toBe(1);
});

it('a run without skips passes, as one does that may have them, or of chosen tests', async () => {
  expect(await run("it('second', () => {});")).toMatchObject({ exitCode: 0 });
  expect(await run("it.skip('second', () => {});", { env: { VHIVE_ALLOW_SKIPS: '1' } })).toMatchObject({
    exitCode: 0,
    all: expect.stringContaining('1 test was skipped:'),
  });
  expect(await run("it('second', () => {});", { words: ['-t', 'first'] })).toMatchObject({ exitCode: 0 });
});

it('a test that puts itself before all others fails the run', async () => {
  const { exitCode, all } = await run("it.only('second', () => {});");
  expect(all).toContain('Unexpected .only modifier');
  expect(exitCode).toBe(1);
});
