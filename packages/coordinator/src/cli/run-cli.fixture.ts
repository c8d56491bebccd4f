import { PassThrough } from 'node:stream';
import type { CliHooks } from './hooks.ts';
import { CliIo } from './io.ts';
import { type JsonLine, jsonLine } from './json-lines.ts';
import { runProgram } from './main.ts';

/** What a command printed, and its exit code. */
export interface CliRun {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** Returns standard output, parsed line by line against the published schema. */
  lines(): JsonLine[];
}

/** Runs the real command line in this process with its own streams and environment. */
export async function cli(
  words: string[],
  hooks: Partial<CliHooks> = {},
  env: NodeJS.ProcessEnv = {},
): Promise<CliRun> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const written = { stdout: '', stderr: '' };
  stdout.on('data', (chunk) => {
    written.stdout += String(chunk);
  });
  stderr.on('data', (chunk) => {
    written.stderr += String(chunk);
  });
  const io = new CliIo({ env, stdout, stderr });
  const exitCode = await runProgram(['node', 'vhive-coord', ...words], io, hooks as CliHooks);
  await new Promise((resolve) => setImmediate(resolve));
  return {
    exitCode,
    ...written,
    lines: () =>
      written.stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => jsonLine.parse(JSON.parse(line))),
  };
}
