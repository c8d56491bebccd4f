import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pathExists } from '../actions/systemd/path-watch.ts';
import { run } from './run.ts';

test('gives exit status, output and lines as they come', async () => {
  const lines: string[] = [];
  const result = await run(['sh', '-c', 'echo one; echo two >&2; printf three; exit 3'], {
    onLine: (stream, line) => lines.push(`${stream} ${line}`),
  });
  expect(result).toEqual({ exitCode: 3, stdout: 'one\nthree', stderr: 'two' });
  expect(lines.toSorted()).toEqual(['stderr two', 'stdout one', 'stdout three']);
});

test('a missing program is status 127, a killed one 128 + signal', async () => {
  expect(await run(['vhive-no-such-program'])).toMatchObject({ exitCode: 127 });
  expect(await run(['sh', '-c', 'kill -9 $$'])).toMatchObject({ exitCode: 137 });
});

test('English, without questions, with a known path and nothing else of the agent', async () => {
  process.env.VHIVE_TEST_SECRET = 'do-not-leak';
  const { stdout } = await run(['env'], { environment: { EXTRA: 'yes' } });
  delete process.env.VHIVE_TEST_SECRET;
  expect(stdout).toMatch(/^LC_ALL=C$/m);
  expect(stdout).toMatch(/^DEBIAN_FRONTEND=noninteractive$/m);
  expect(stdout).toMatch(/^PATH=\/usr\/local\/sbin:\/usr\/local\/bin:/m);
  expect(stdout).toMatch(/^EXTRA=yes$/m);
  expect(stdout).not.toMatch('do-not-leak');
});

test('passes input', async () => {
  expect((await run(['cat'], { input: 'text\n' })).stdout).toBe('text');
});

test('an abort ends the whole process group and rejects with the reason', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'vhive-run-'));
  const pidFile = join(directory, 'pid');
  const abort = new AbortController();
  const running = run(['sh', '-c', `sleep 60 & echo $! > ${pidFile}.new; mv ${pidFile}.new ${pidFile}; wait`], {
    signal: abort.signal,
  });
  await pathExists(pidFile, AbortSignal.timeout(10_000));
  abort.abort(new Error('enough'));
  await expect(running).rejects.toThrow('enough');
  // A zombie has no command line any more.
  const grandchild = `/proc/${readFileSync(pidFile, 'utf8').trim()}/cmdline`;
  expect(existsSync(grandchild) ? readFileSync(grandchild, 'utf8') : '').toBe('');
});

test('does not wait for a daemon that keeps the pipes open', async () => {
  const started = performance.now();
  const result = await run(['sh', '-c', 'setsid sleep 20 & echo started']);
  expect(result).toMatchObject({ exitCode: 0, stdout: 'started' });
  expect(performance.now() - started).toBeLessThan(10_000);
});
