import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { Flags } from '../../options/command-options.ts';
import { withOptions } from '../../options/to-commander.ts';

/** Makes the command `vhive-coord version`, which tells the versions of this program, its coordinator and what it brings. */
export function versionCommand(context: CliContext): Command {
  const command = new Command('version')
    .summary('tell versions: of this program, of the running coordinator, and of what a cluster gets')
    .description(
      'Tells the version of this program and of its Node.js, that of the coordinator that runs here, and the versions that ' +
        'a cluster gets where its cluster file says nothing.',
    );
  return withOptions(command, 'version').action(async (flags: Flags<'version'>) => {
    const { runVersion } = await import('./run-version.ts');
    await runVersion(flags, context);
  });
}
