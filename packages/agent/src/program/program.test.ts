import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from './program.ts';

const written = { stdout: '', stderr: '' };

beforeEach(() => {
  for (const name of ['stdout', 'stderr'] as const) {
    written[name] = '';
    vi.spyOn(process[name], 'write').mockImplementation((chunk, encoding?: unknown, callback?: () => void) => {
      written[name] += String(chunk);
      const isWritten = typeof encoding === 'function' ? encoding : callback;
      isWritten?.();
      return true;
    });
  }
});
afterEach(() => vi.restoreAllMocks());

const run = (words: string, environment: NodeJS.ProcessEnv = {}) =>
  main(['node', 'vhive-agent', ...words.split(' ')], environment);

describe('wrong words end with exit code 2, error and hint', () => {
  it.each([
    ['statsu', /unknown command 'statsu'\nhint: did you mean status\?/],
    ['statsu --help', /unknown command 'statsu'/],
    ['help instal', /unknown command 'instal' \(did you mean install\?\)/],
    ['status --hlep', /unknown option '--hlep' \(did you mean --help\?\)/],
    ['install --frobnicate --help', /unknown option '--frobnicate'/],
    ['--coordinatr x', /unknown option '--coordinatr' \(did you mean --coordinator\?\)/],
    ['run extra --help', /run does not take the word 'extra'/],
    ['status --output xml', /argument 'xml' is invalid/],
  ])('%s', async (words, message) => {
    expect(await run(words)).toBe(2);
    expect(written.stderr).toMatch(/^error: .*\nhint: .*\n$/);
    expect(written.stderr).toMatch(message);
    expect(written.stdout).toBe('');
  });

  it('also for scripts', async () => {
    expect(await run('statsu --output json')).toBe(2);
    expect(JSON.parse(written.stdout)).toMatchObject({ type: 'error', code: 'usage', hint: 'did you mean status?' });
  });
});

it.each(['--help', 'run --help', 'install --help', 'uninstall --help', 'status --help', '--version'])(
  '%s ends well',
  async (words) => {
    expect(await run(words)).toBe(0);
    expect(written.stderr).toBe('');
    expect(written.stdout).not.toBe('');
  },
);
