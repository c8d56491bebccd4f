import { constants } from 'node:os';
import { join } from 'node:path';

/**
 * Returns whether these words (what follows the program's name) ask for a lab of hosts on this machine. Only root can
 * make one.
 */
export function asksForLab(words: readonly string[]): boolean {
  return words[0] === 'lab' || words.some((word) => word === '--lab' || word.startsWith('--lab='));
}

/**
 * Runs the same command again through sudo, with this terminal, and returns its exit code. The result is undefined
 * where that is not needed (the user is root already, or no lab was asked for) or not possible (there is no sudo); the
 * lab's own check then says what is missing.
 */
export async function againAsRoot(words: readonly string[], env: NodeJS.ProcessEnv): Promise<number | undefined> {
  if (!asksForLab(words) || process.geteuid?.() === 0 || env.VHIVE_BIN_DIR === undefined) return undefined;
  const { execa } = await import('execa');
  if ((await execa('sudo', ['--version'], { reject: false, stdio: 'ignore' })).exitCode !== 0) return undefined;
  process.stderr.write('a lab needs root: going on with sudo\n');
  // The terminal's Ctrl-C reaches sudo too. This process only waits until sudo has ended.
  const wait = () => undefined;
  process.on('SIGINT', wait).on('SIGTERM', wait);
  const program = join(env.VHIVE_BIN_DIR, 'vhive-coord');
  const kept = Object.keys(env).filter((name) => name.startsWith('VHIVE_'));
  const { exitCode, signal } = await execa('sudo', [`--preserve-env=${kept.join(',')}`, program, ...words], {
    ...{ stdio: 'inherit', reject: false },
  });
  return exitCode ?? 128 + (signal === undefined ? 0 : constants.signals[signal as NodeJS.Signals]);
}
