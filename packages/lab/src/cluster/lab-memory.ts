import { mkdir } from 'node:fs/promises';
import { readFileIfPresent, writeFileAtomic } from '@vhive/base/files/atomic-file';
import { labNames } from '../machine/names.ts';
import { type LabStack, labStacks } from '../tree/stack-choice.ts';

/** What a lab was made with, which holds for later commands that do not say otherwise. */
export interface LabMemory {
  readonly stack: LabStack;
  /** The mirror tree that was given, a directory or an address; undefined for the lab's own. */
  readonly mirror?: string | undefined;
}

/** Reads what a lab was made with; undefined where there is no lab, or one of before labs had a memory. */
export async function readLabMemory(stateDir: string): Promise<LabMemory | undefined> {
  const text = await readFileIfPresent(labNames(stateDir).memoryFile);
  return text === undefined ? undefined : parsed(text);
}

/** A file that cannot be read is no reason to do without the lab: what it says can be said again. */
function parsed(text: string): LabMemory | undefined {
  try {
    const { stack, mirror } = JSON.parse(text) as { stack?: unknown; mirror?: unknown };
    const known = labStacks.find((one) => one === stack);
    return known && { stack: known, ...(typeof mirror === 'string' ? { mirror } : {}) };
  } catch {
    return undefined;
  }
}

/** Writes what a lab is made with. It is there before the hosts are, so that a command that was interrupted goes on with it. */
export async function writeLabMemory(stateDir: string, memory: LabMemory): Promise<void> {
  await mkdir(stateDir, { recursive: true, mode: 0o700 });
  await writeFileAtomic(labNames(stateDir).memoryFile, `${JSON.stringify(memory)}\n`);
}
