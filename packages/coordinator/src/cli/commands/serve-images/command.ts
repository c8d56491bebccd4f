import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { Flags } from '../../options/command-options.ts';
import { withOptions } from '../../options/to-commander.ts';

/** Makes the command `vhive-coord serve-images`, which a service runs on the coordinator's host. */
export function serveImagesCommand(context: CliContext): Command {
  const command = new Command('serve-images')
    .summary('answer nodes with images of the mirror tree')
    .description(
      'Answers containerd as an image registry from a mirror tree, at the port after that of the coordinator, until ' +
        'SIGTERM or Ctrl-C. After up --mirror, the service vhive-images runs it on the master, so that pods find their ' +
        'images while no coordinator runs.',
    );
  return withOptions(command, 'serve-images')
    .addHelpText('after', '\nExample:\n  vhive-coord serve-images --mirror /srv/mirror')
    .action(async (flags: Flags<'serve-images'>) => {
      const { runServeImages } = await import('./run-serve-images.ts');
      await runServeImages(flags, context);
    });
}
