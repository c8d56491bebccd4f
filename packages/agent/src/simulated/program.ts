import type { CommandResult } from '../host/host.ts';
import type { SimulatedMachine } from './machine.ts';

/** An imitated program: what it does to the machine, and what it prints. */
export type SimulatedProgram = (
  machine: SimulatedMachine,
  args: readonly string[],
  input: string | undefined,
) => Promise<Partial<CommandResult>> | Partial<CommandResult>;
