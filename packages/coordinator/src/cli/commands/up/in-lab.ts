import { defined } from '@vhive/shared';
import type { CliContext } from '../../context.ts';
import type { Flags } from '../../options/command-options.ts';
import { forwarded } from '../../options/forward.ts';

/**
 * Runs `up --lab N`: it makes the hosts, then runs the same `up` on the first of them and passes its output and its
 * result through.
 */
export async function runUpInLab(hosts: number, flags: Flags<'up'>, context: CliContext): Promise<void> {
  const { words, variables } = forwarded(flags);
  const exitCode = await context.hooks.upInLab({
    hosts,
    upArguments: words,
    upVariables: variables,
    ...defined({ configFile: flags.config }),
    say: (line) => context.io.note(line),
  });
  context.io.resultIsOut = true;
  context.io.result = { ...context.io.result, outcome: exitCode === 0 ? 'ready' : 'error', exitCode };
}
