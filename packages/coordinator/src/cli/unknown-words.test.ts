import { PassThrough } from 'node:stream';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import type { CliHooks } from './hooks.ts';
import { CliIo } from './io.ts';
import { createProgram } from './program.ts';
import { cli } from './run-cli.fixture.ts';

/** Returns the words of every command that there is, those of the program itself ([]) included. */
function wordsOf(command: Command): string[][] {
  return [[], ...command.commands.flatMap((child) => wordsOf(child).map((words) => [child.name(), ...words]))];
}

const io = new CliIo({ env: {}, stdout: new PassThrough(), stderr: new PassThrough() });
const program = createProgram({ io, hooks: {} as CliHooks });
const all = wordsOf(program);
const misspelled = (word: string) => `${word.slice(0, -1)}${word.slice(-1)}${word.slice(-1)}`;

describe.each(all.filter((words) => words.length > 0))('%s %s', (...given) => {
  const words = given.filter((word) => word !== undefined);
  const wrong = [...words.slice(0, -1), misspelled(words.at(-1) ?? '')];

  it.each([[[]], [['--help']], [['-h']]])('misspelled, with %j: exit code 2 and the right name', async (more) => {
    const { exitCode, stdout, stderr } = await cli([...wrong, ...more]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(`unknown command '${wrong.at(-1)}'`);
    expect(stderr).toMatch(new RegExp(`did you mean (one of )?.*${words.at(-1)}`));
  });

  it.each([[[]], [['--help']]])('with an option that it has not, with %j: exit code 2', async (more) => {
    const { exitCode, stdout, stderr } = await cli([...words, '--frobnicate', ...more]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    // What is missing is said before what is too much.
    expect(stderr).toMatch(/unknown option '--frobnicate'|required option '--to <dir>' not specified/);
  });

  it('has help, which ends well', async () => {
    const { exitCode, stdout, stderr } = await cli([...words, '--help']);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain(`Usage: vhive-coord ${words.join(' ')}`);
  });
});

it.each([['help nodse'], ['nodes help lss'], ['--help nodse'], ['status extra --help'], ['nodes ls extra --help']])(
  '%s: exit code 2',
  async (words) => {
    const { exitCode, stdout } = await cli(words.split(' '));
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  },
);

it('an option is named by the nearest one', async () => {
  expect((await cli(['up', '--nods', '3'])).stderr).toMatch(/unknown option '--nods' \(did you mean .*--nodes/);
  expect((await cli(['up', '--nods', '3', '--help'])).stderr).toMatch(
    /unknown option '--nods' \(did you mean --nodes\?\)/,
  );
});
