import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { Flags } from '../../options/command-options.ts';
import { withOptions } from '../../options/to-commander.ts';

/** Makes the command `vhive-coord mirror`, which fills a mirror tree that replaces the internet. */
export function mirrorCommand(context: CliContext): Command {
  const command = new Command('mirror')
    .summary('fill a mirror tree, which replaces the internet')
    .description('Mirror trees, from which `up --mirror` takes everything instead of the internet.');
  const pull = new Command('pull')
    .summary('fetch all that a cluster needs into a mirror tree')
    .description(
      'Fetches all that `up` with the same options takes from outside into a mirror tree: files with their checksums, and ' +
        'container images as archives. What is there already is not fetched again; an interrupted pull goes on where it ' +
        'was. Debian packages are not part of it: nodes take them from their own package sources.',
    );
  withOptions(pull, 'mirror pull')
    .addHelpText(
      'after',
      `
Exit codes: 0 all is there; 4 something could not be fetched, the rest is there; 2 wrong options; 3 an architecture on which
the sandbox does not run.

Examples:
  vhive-coord mirror pull --to ./mirror
  vhive-coord mirror pull --config vhive.yaml --to /srv/mirror --arch amd64,arm64
  vhive-coord up --nodes 4 --mirror ./mirror`,
    )
    .action(async (flags: Flags<'mirror pull'>) => {
      const { runMirrorPull } = await import('./run-pull.ts');
      await runMirrorPull(flags, context);
    });
  return command.addCommand(pull);
}
