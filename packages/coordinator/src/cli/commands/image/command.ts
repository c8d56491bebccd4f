import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { Flags } from '../../options/command-options.ts';
import { withOptions } from '../../options/to-commander.ts';

/** Makes the command `vhive-coord image`, which has nodes prepare container images. */
export function imageCommand(context: CliContext): Command {
  const command = new Command('image')
    .summary('make eStargz images, push images into a registry, load them on nodes')
    .description('Container images, prepared by agents on the nodes of the cluster.');
  for (const make of [optimizeCommand, pushCommand, preloadCommand]) command.addCommand(make(context));
  return command;
}

function optimizeCommand(context: CliContext): Command {
  return withOptions(
    new Command('optimize')
      .argument('<image>', 'the image to begin with')
      .argument('<new>', 'the name of the eStargz image, in the registry that is to have it')
      .description(
        'Pulls an image on a node, makes an eStargz image of it with ctr-remote (in media types of OCI), and pushes it to its registry.',
      ),
    'image optimize',
  )
    .addHelpText(
      'after',
      `
Examples:
  vhive-coord image optimize ghcr.io/ease-lab/pyaes:var_workload ghcr.io/me/pyaes:esgz --credentials-file ~/.ghcr
  vhive-coord image optimize nginx docker-registry.registry.svc.cluster.local:5000/nginx:esgz`,
    )
    .action(async (image: string, target: string, flags: Flags<'image optimize'>) => {
      const { runOptimize } = await import('./run-optimize.ts');
      await runOptimize(image, target, flags, context);
    });
}

function pushCommand(context: CliContext): Command {
  return withOptions(
    new Command('push')
      .argument('[image...]', 'images, as their registries name them')
      .description('Puts images from elsewhere into the registry in the cluster, or into another one.'),
    'image push',
  )
    .addHelpText(
      'after',
      '\nExamples:\n  vhive-coord image push nginx:1.27\n  vhive-coord image push --from images.txt --registry 10.0.0.9:5000 --plain-http',
    )
    .action(async (images: string[], flags: Flags<'image push'>) => {
      const { runPush } = await import('./run-push.ts');
      await runPush(images, flags, context);
    });
}

function preloadCommand(context: CliContext): Command {
  return withOptions(
    new Command('preload')
      .argument('[image...]', 'images, as their registries name them')
      .description(
        'Loads images on nodes ahead of their use. Each is fetched from outside once, and the nodes take it from there.',
      ),
    'image preload',
  )
    .addHelpText(
      'after',
      '\nExamples:\n  vhive-coord image preload ghcr.io/ease-lab/pyaes:var_workload\n  vhive-coord image preload --from images.txt --node node2,node3',
    )
    .action(async (images: string[], flags: Flags<'image preload'>) => {
      const { runPreload } = await import('./run-preload.ts');
      await runPreload(images, flags, context);
    });
}
