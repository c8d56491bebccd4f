import { Argument, Command } from 'commander';
import type { CliContext } from '../../context.ts';
import { withOptions } from '../../options/to-commander.ts';

/** The shells for which there are scripts. */
const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** Makes the command `vhive-coord completion`, which prints what lets a shell complete commands and options. */
export function completionCommand({ io }: CliContext): Command {
  const command = new Command('completion')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .summary('print a script by which a shell completes commands and options')
    .description('Prints a script by which a shell completes commands, options and the words that options may have.');
  return withOptions(command, 'completion')
    .addHelpText(
      'after',
      `
The script for bash needs the package bash-completion.

Examples:
  source <(vhive-coord completion bash)                                               in ~/.bashrc
  source <(vhive-coord completion zsh)                                                in ~/.zshrc
  vhive-coord completion fish > ~/.config/fish/completions/vhive-coord.fish`,
    )
    .action(async (shell: (typeof SHELLS)[number]) => {
      const { completionScript } = await import('./complete.ts');
      io.stdout.write(completionScript(shell));
    });
}
