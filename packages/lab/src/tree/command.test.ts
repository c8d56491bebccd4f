import { VhiveError } from '@vhive/shared';
import { describe, expect, test } from 'vitest';
import { runCommand } from './command.ts';

async function failure(running: Promise<string>): Promise<VhiveError> {
  const error: unknown = await running.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof VhiveError)) throw new Error('a VhiveError was expected', { cause: error });
  return error;
}

test('gives what the program printed', async () => {
  expect(await runCommand('printf', ['a\nb\n'], { purpose: 'printing' })).toBe('a\nb');
});

test('passes error lines on as they come', async () => {
  const lines: string[] = [];
  const script = 'console.error("one"); console.error("two"); console.log("three")';
  const output = await runCommand(process.execPath, ['-e', script], {
    purpose: 'talking',
    onErrorLine: (line) => lines.push(line),
  });
  expect(lines).toEqual(['one', 'two']);
  expect(output).toBe('three');
});

test('starts programs with no variable of the caller but the known ones', async () => {
  process.env.GOFLAGS = '-mod=mod';
  try {
    const variables = await runCommand('env', [], { purpose: 'looking' });
    expect(variables).toContain('LC_ALL=C.UTF-8');
    expect(variables).not.toContain('GOFLAGS');
  } finally {
    delete process.env.GOFLAGS;
  }
});

describe('a failure says', () => {
  test('what was going on, how the program ended, its last words and what to do', async () => {
    const script = 'for (let i = 1; i <= 20; i++) console.error("line", i + "."); process.exit(7)';
    const running = runCommand(process.execPath, ['-e', script], { purpose: 'counting', hint: 'Count slower.' });
    const error = await failure(running);
    expect(error.code).toBe('preflight');
    expect(error.message).toContain('failed while counting');
    expect(error.message).toContain('ended with exit code 7');
    expect(error.message).toContain('line 20.');
    expect(error.message).not.toContain('line 12.');
    expect(error.hint).toBe('Count slower.');
  });

  test('that the program is missing', async () => {
    const error = await failure(runCommand('no-such-program-of-ours', [], { purpose: 'trying' }));
    expect(error.message).toContain('no-such-program-of-ours');
    expect(error.message).toContain('ENOENT');
  });
});

test('an abort ends the program', async () => {
  const stop = new AbortController();
  const script = 'console.error("ready"); setInterval(() => undefined, 1000)';
  const running = runCommand(process.execPath, ['-e', script], {
    purpose: 'waiting',
    signal: stop.signal,
    onErrorLine: () => stop.abort(),
  });
  expect((await failure(running)).message).toContain('failed while waiting');
});
