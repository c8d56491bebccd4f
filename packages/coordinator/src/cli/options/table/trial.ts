import { wholeNumber } from '../argument-types.ts';
import type { UpOptionEntry } from '../option-entry.ts';

/** The options for hosts that are made to try things on. */
export const trialTable = {
  lab: {
    flag: '--lab <hosts>',
    description: 'make this many real hosts on this machine first (root), and bring them up',
    argument: wholeNumber(1, 100),
    excludes: { key: 'simulate', because: 'hosts are either real ones of a lab or simulated ones' },
    inLab: { outer: 'it is what makes the lab' },
  },
  simulate: {
    flag: '--simulate <nodes>',
    description: 'run a real coordinator and real agents on this many simulated hosts; needs no root',
    argument: wholeNumber(1, 5000),
    inLab: { outer: 'it and --lab exclude each other' },
  },
} as const satisfies Record<string, UpOptionEntry>;
