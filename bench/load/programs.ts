import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

const root = join(import.meta.dirname, '../..');
const cache = join(root, '.cache/bench');

/** The version of ghz that is compiled where the machine has none. */
const GHZ = 'github.com/bojand/ghz/cmd/ghz@v0.120.0';

/** Compiles the server that load is sent to, and returns its path. It needs Go. */
export async function serverProgram(): Promise<string> {
  const program = join(cache, 'server');
  await execa('go', ['build', '-trimpath', '-o', program, '.'], { cwd: join(import.meta.dirname, 'server') });
  return program;
}

/** Returns ghz of this machine, or compiles it once; undefined, with the reason on standard error, where it is not to be had. */
export async function ghzProgram(): Promise<string | undefined> {
  if ((await execa('ghz', ['--version'], { reject: false })).exitCode === 0) return 'ghz';
  const program = join(cache, 'ghz');
  if (existsSync(program)) return program;
  process.stderr.write(`compiling ${GHZ} ...\n`);
  const built = await execa('go', ['install', '-trimpath', GHZ], { env: { GOBIN: cache }, reject: false });
  if (built.exitCode === 0) return program;
  process.stderr.write(`without ghz: ${built.stderr.split('\n').at(-1) ?? ''}\n`);
  return undefined;
}

/** The command line of this repository. */
export const coordinator = join(root, 'packages/coordinator/src/main.ts');
