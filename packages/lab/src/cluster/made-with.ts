import { defined } from '@vhive/shared';
import type { LabSource } from '../tree/source-choice.ts';
import type { LabStack } from '../tree/stack-choice.ts';
import type { LabLog } from '../types.ts';
import type { LabMemory } from './lab-memory.ts';

/** What a command says of how a lab is made. */
export interface LabWishes {
  readonly stack?: LabStack | undefined;
  readonly source?: LabSource | undefined;
  /** A mirror tree to take everything from: a directory or an address. */
  readonly mirror?: string | undefined;
}

/**
 * Returns what a lab is made with: what this command says, else what the lab remembers, else everything and a tree of its
 * own. Says what is remembered, and what changes. Who says where the lab's own tree has to be from wants that tree.
 */
export function madeWith(wishes: LabWishes, before: LabMemory | undefined, log: LabLog): LabMemory {
  const stack = wishes.stack ?? before?.stack ?? 'full';
  const mirror = wishes.mirror ?? (wishes.source === undefined ? before?.mirror : undefined);
  if (before !== undefined) {
    if (before.stack !== stack) log(`this lab was made for ${before.stack}: from now on it is for ${stack}`);
    else if (wishes.stack === undefined && stack !== 'full')
      log(`this lab is for ${stack}, as it was made; --stack changes that`);
    if (before.mirror !== mirror)
      log(`this lab took everything from ${nameOf(before.mirror)}: from now on from ${nameOf(mirror)}`);
    else if (wishes.mirror === undefined && mirror !== undefined)
      log(`this lab takes everything from ${nameOf(mirror)}, as before; --mirror or --source changes that`);
  }
  return { stack, ...defined({ mirror }) };
}

const nameOf = (mirror: string | undefined) => mirror ?? 'its own mirror tree';
