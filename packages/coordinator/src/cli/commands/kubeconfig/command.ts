import { Command } from 'commander';
import type { CliContext } from '../../context.ts';
import type { Flags } from '../../options/command-options.ts';
import { withOptions } from '../../options/to-commander.ts';

/** Makes the command `vhive-coord kubeconfig`, which gives people the cluster's kubeconfig, alone or beside others. */
export function kubeconfigCommand(context: CliContext): Command {
  const command = new Command('kubeconfig')
    .summary('print the kubeconfig of the cluster, or merge it into one that is there')
    .description(
      'Prints the admin kubeconfig of the cluster, which kubeadm left on the control plane, under the name of the cluster. ' +
        'Whoever has it may do everything with the cluster.',
    );
  return withOptions(command, 'kubeconfig')
    .addHelpText(
      'after',
      `
Examples:
  sudo vhive-coord kubeconfig > vhive.conf
  ssh node-0 sudo vhive-coord kubeconfig | vhive-coord kubeconfig --from - --merge       on a laptop`,
    )
    .action(async (flags: Flags<'kubeconfig'>) => {
      const { runKubeconfig } = await import('./run-kubeconfig.ts');
      await runKubeconfig(flags, context);
    });
}
