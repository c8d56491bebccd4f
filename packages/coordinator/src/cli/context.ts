import type { CliHooks } from './hooks.ts';
import type { CliIo } from './io.ts';

/** What every command is given. */
export interface CliContext {
  io: CliIo;
  hooks: CliHooks;
}
