import { choice, wholeNumber } from '../argument-types.ts';
import type { UpOptionEntry } from '../option-entry.ts';

/** What hosts of a lab can be made for: everything, or as much as the cluster file that they get asks for. */
export const stackChoice = choice('kubernetes-only', 'serving', 'full');

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
    flag: '--stack <part>',
    description:
      'what a new lab is for: kubernetes-only, with serving, or full (the default); software is built as far as it asks',
    argument: stackChoice,
    excludes: { key: 'simulate', because: 'simulated hosts run no software' },
    inLab: { outer: 'it is what the lab is made for' },
  },
  simulate: {
    flag: '--simulate <nodes>',
    description: 'run a real coordinator and real agents on this many simulated hosts; needs no root',
    argument: wholeNumber(1, 5000),
    inLab: { outer: 'it and --lab exclude each other' },
  },
} as const satisfies Record<string, UpOptionEntry>;
