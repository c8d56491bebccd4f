import { choice, wholeNumber } from '../argument-types.ts';
import type { OptionEntries, UpOptionEntry } from '../option-entry.ts';

/** What hosts of a lab can be made for: everything, or as much as the cluster file that they get asks for. */
const stackChoice = choice('kubernetes-only', 'serving', 'full');

/** Where the software of hosts of a lab can come from. */
const sourceChoice = choice('publishers', 'compile');

const stackDescription =
  'what the lab is for: kubernetes-only, with serving, or full; default: what it was made for, else full; software is had as far as it asks';
const sourceDescription =
  "where the lab's mirror tree has to be from; default: the one that is there, else the publishers where they answer";
/** Why two options of a lab cannot be given together. */
const ONE_TREE = 'hosts take everything from the mirror tree that is given, or from one of their own';

/** The options for the software of a lab, in the forms of both commands that make one. */
export const labSoftware = {
  stack: { flag: '--stack <part>', description: stackDescription, argument: stackChoice },
  source: {
    flag: '--source <source>',
    description: sourceDescription,
    argument: sourceChoice,
    excludes: { key: 'mirror', because: ONE_TREE },
  },
} as const satisfies OptionEntries;

/** The options for hosts that are made to try things on. */
export const trialTable = {
  lab: {
    flag: '--lab <hosts>',
    description: 'make this many real hosts on this machine first (root), and bring them up',
    argument: wholeNumber(1, 100),
    excludes: { key: 'simulate', because: 'hosts are either real ones of a lab or simulated ones' },
    inLab: { outer: 'it is what makes the lab' },
  },
  stack: {
    ...labSoftware.stack,
    excludes: { key: 'simulate', because: 'simulated hosts run no software' },
    inLab: { outer: 'it is what the lab is made for' },
  },
  source: { ...labSoftware.source, inLab: { outer: 'it is where the software of the lab is from' } },
  simulate: {
    flag: '--simulate <nodes>',
    description: 'run a real coordinator and real agents on this many simulated hosts; needs no root',
    argument: wholeNumber(1, 5000),
    inLab: { outer: 'it and --lab exclude each other' },
  },
} as const satisfies Record<string, UpOptionEntry>;
