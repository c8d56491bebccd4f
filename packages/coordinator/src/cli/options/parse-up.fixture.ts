import { Command } from 'commander';
import type { Flags } from './command-options.ts';
import { applyEnvironment } from './environment.ts';
import { withOptions } from './to-commander.ts';

/** Returns what `up` is given for these words and this environment. Throws for what it refuses. */
export function parseUp(words: readonly string[], env: NodeJS.ProcessEnv = {}): Flags<'up'> {
  const command = withOptions(new Command('up'), 'up')
    .exitOverride()
    .configureOutput({ outputError: () => undefined });
  command.parse(words, { from: 'user' });
  applyEnvironment(command, env);
  return command.opts<Flags<'up'>>();
}
