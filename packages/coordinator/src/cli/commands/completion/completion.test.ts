import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { cli } from '../../run-cli.fixture.ts';

const completed = async (...words: string[]) => {
  const { stdout } = await cli(['complete', '--', ...words]);
  return stdout.split('\n').flatMap((line) => (line.includes('\t') ? [line.split('\t')[0]] : []));
};

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('prints a script for %s that calls this program', async (shell) => {
    const { exitCode, stdout } = await cli(['completion', shell]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('vhive-coord complete --');
  });

  it('the script for bash is one that bash takes', async () => {
    const { stdout } = await cli(['completion', 'bash']);
    expect((await execa('bash', ['-n'], { input: stdout, reject: false })).stderr).toBe('');
  });

  it('refuses another shell: exit code 2', async () => {
    expect((await cli(['completion', 'csh'])).exitCode).toBe(2);
  });

  it('completes commands, their commands, options, and the words that options may have', async () => {
    expect(await completed('exp')).toEqual(['experiment']);
    expect(await completed('comp')).toEqual(['completion']);
    expect(await completed('experiment', 're')).toEqual(['resume', 'report']);
    expect(await completed('up', '--sand')).toEqual(['--sandbox']);
    expect(await completed('up', '--sandbox', '')).toEqual(['firecracker', 'gvisor', 'stock-only']);
    expect(await completed('invoke', '--protocol', 'h')).toEqual(['http1', 'h2c']);
    expect(await completed('nothing', '--x')).toEqual([]);
  });
});
