import { defined, VhiveError } from '@vhive/shared';
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
    ...defined({ configFile: flags.config, stack: flags.stack, source: flags.source, mirror: flags.mirror }),
    say: (line) => context.io.note(line),
  });
  if (exitCode === undefined)
    throw new VhiveError({
      code: 'unreachable',
      message: 'vhive-coord on the first host of the lab was killed; the run stands still',
      hint: 'to resume it, type the same command again: finished steps are not done a second time',
    });
  context.io.resultIsOut = true;
  context.io.result = { ...context.io.result, outcome: exitCode === 0 ? 'ready' : 'error', exitCode };
}
