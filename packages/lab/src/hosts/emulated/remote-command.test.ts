import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endCommand, remoteCommand } from './remote-command.ts';

/** Runs what sshd would give to the host's shell, without leaving a network namespace, which needs root. */
function inShell(command: string): string {
  const here = command.replace('nsenter --net=/proc/1/ns/net ', '').replace(/setpriv --pdeathsig=KILL (-- )?/g, '');
  return execFileSync('bash', ['-c', here], { encoding: 'utf8' });
}

describe('the command of a program on an emulated host', () => {
  const path = process.env.PATH ?? '';

  it('gives each word as it is, whatever is in it', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 3 }), (words) => {
        const argv = ['printf', '%s\\n', ...words];
        expect(inShell(remoteCommand({ argv, cwd: '/', path }))).toBe(words.map((one) => `${one}\n`).join(''));
      }),
      { numRuns: 20 },
    );
  });

  it('gives the exit code of the program', () => {
    expect(() => inShell(remoteCommand({ argv: ['sh', '-c', 'exit 7'], cwd: '/tmp', path }))).toThrow(
      expect.objectContaining({ status: 7 }),
    );
    expect(() => inShell(remoteCommand({ argv: ['sh', '-c', 'kill -9 $$'], cwd: '/tmp', path }))).toThrow(
      expect.objectContaining({ status: 137 }),
    );
  });

  it('notes the shell of a program that may have to be ended, and forgets it afterwards', () => {
    const command = remoteCommand({ argv: ['true'], cwd: '/', path, id: 'abc' });
    expect(command).toContain('echo $$ > /run/vhive-lab/abc');
    expect(command).toContain('rm -f /run/vhive-lab/abc');
    expect(endCommand('abc', 'TERM')).toBe('pkill -TERM -P $(cat /run/vhive-lab/abc)');
  });
});
