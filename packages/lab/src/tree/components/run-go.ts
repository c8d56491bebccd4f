import { VhiveError } from '@vhive/shared';
import { ExecaError } from 'execa';
import { runCommand } from '../command.ts';
import { goFailure } from './go-failure.ts';
import type { BuildKit } from './kit.ts';

/**
 * Runs `go` at low priority (nice 10) and returns what it prints.
 *
 * @param what what is made, for the message of an error
 * @throws VhiveError `preflight` that names the module or package at fault
 */
export async function runGo(
  { go, onLine, signal }: Pick<BuildKit, 'go' | 'onLine' | 'signal'>,
  what: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<string> {
  const env = { ...go.environment, ...options.env };
  try {
    return await runCommand('nice', ['-n', '10', go.program, ...args], {
      ...{ purpose: `making ${what}`, cwd: options.cwd, env, signal, onErrorLine: onLine },
    });
  } catch (error) {
    if (signal?.aborted === true || !(error instanceof VhiveError) || !(error.cause instanceof ExecaError)) throw error;
    const { message, hint } = goFailure(String(error.cause.stderr ?? ''));
    throw new VhiveError({
      code: 'preflight',
      message: `The build of the lab's mirror tree failed at ${what}: ${message}`,
      hint,
      cause: error,
    });
  }
}
