import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { Flags } from '../../options/command-options.ts';
import { withOptions } from '../../options/to-commander.ts';

/** Makes the command `vhive-coord serve`, which runs the coordinator in the foreground, as systemd wants it. */
export function serveCommand(context: CliContext): Command {
  const command = new Command('serve')
    .summary('run the coordinator in the foreground')
    .description(
      'Runs the coordinator in the foreground until SIGTERM or Ctrl-C. Other commands attach to it; runs go on without ' +
        'a terminal, and an unfinished one is resumed at the start. Needs no root. systemd/vhive-coord.service runs it.',
    );
  return withOptions(command, 'serve')
    .addHelpText('after', '\nExample:\n  vhive-coord serve --state-dir /var/lib/vhive-coord --log-level info')
    .action(async (flags: Flags<'serve'>) => {
      const { runServe } = await import('./run-serve.ts');
      await runServe(flags, context);
    });
}
