import { execa } from 'execa';

/** A command line, and whether the process that it starts ends together with this process. */
export interface BoundCommand {
  command: readonly [string, ...string[]];
  bound: boolean;
}

/**
 * Returns the command line with which the kernel sends the program a signal when this process dies, however it dies. It
 * uses setpriv of util-linux. Where that is not installed the command stays as it is.
 */
export async function boundToThisProcess(
  command: readonly [string, ...string[]],
  signal: 'TERM' | 'KILL',
): Promise<BoundCommand> {
  const has = await execa('setpriv', ['--pdeathsig', signal, '--', 'true'], { reject: false });
  if (has.failed) return { command, bound: false };
  return { command: ['setpriv', '--pdeathsig', signal, '--', ...command], bound: true };
}
