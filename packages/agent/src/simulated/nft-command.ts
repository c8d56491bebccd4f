import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SimulatedProgram } from './program.ts';

/**
 * Imitates `nft -c -f FILE`, `nft -f FILE` and `nft --stateless list table FAMILY TABLE`. It keeps the text of a table
 * without understanding any rule.
 */
export const nft: SimulatedProgram = async (machine, args) => {
  if (args.includes('-c')) return {};
  const { state } = machine;
  const file = args[args.indexOf('-f') + 1];
  if (args.includes('-f') && file !== undefined) {
    const text = await readFile(join(machine.root, file), 'utf8');
    const name = /^table (\S+ \S+) \{\}$/m.exec(text)?.[1] ?? '';
    state.nftables = { ...state.nftables, [name]: text };
    await machine.save();
    return {};
  }
  const table = state.nftables?.[args.slice(-2).join(' ')];
  return table === undefined ? { exitCode: 1, stderr: 'Error: No such file or directory\n' } : { stdout: table };
};
