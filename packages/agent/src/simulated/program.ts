import type { CommandResult } from '../host/host.ts';
import type { SimulatedMachine } from './machine.ts';

/** An imitated program: it does to the machine what the real program would do, and returns what that would print. */
export type SimulatedProgram = (
  machine: SimulatedMachine,
  args: readonly string[],
  input: string | undefined,
) => Promise<Partial<CommandResult>> | Partial<CommandResult>;
