import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, sep } from 'node:path';
import type { LogLine } from '@vhive/shared';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { exportLogs } from './export-logs.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-export-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const line = (node: string, phase: string): LogLine => ({
  ...{ at: '2026-03-01T10:00:00.000Z', runId: 'run-0001', stepId: 's', attemptId: 'a', taskId: 't' },
  ...{ node, phase, stream: 'stdout', text: `of ${phase.length}` },
});

async function* linesOf(lines: LogLine[]): AsyncGenerator<LogLine> {
  yield* lines;
}

it.each([
  '../..',
  '..',
  '.',
  '',
  '/etc/passwd',
  'a/b',
  '.hidden',
  '\u0000',
  '\u001b[2J',
  'x'.repeat(5000),
  '\u{1f600}',
])('a phase %j leads nowhere else, and loses no line', async (phase) => {
  const files = await exportLogs(linesOf([line('n1', phase), line('n1', 'system')]), directory);
  expect(files).toHaveLength(2);
  expect((await readdir(join(directory, 'n1'))).sort()).toContain('system.log');
  expect(await readFile(files[0] ?? '', 'utf8')).toContain(`of ${phase.length}`);
  for (const file of files) expect(dirname(file)).toBe(join(directory, 'n1'));
});

it('every name makes one file of its own, two folders deep', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.string({ unit: 'binary' }), { maxLength: 5 }), async (names) => {
      const files = await exportLogs(linesOf(names.map((name) => line(name, name))), directory);
      expect(new Set(files).size).toBe(names.length);
      for (const file of files) expect(relative(directory, file).split(sep)).toHaveLength(2);
    }),
    { numRuns: 30 },
  );
});
