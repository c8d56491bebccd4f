import { wholeNumber } from '../argument-types.ts';
import type { UpOptionEntry } from '../option-entry.ts';

/** The options for hosts that are made to try things on. */
export const trialTable = {
  lab: {
    flag: '--lab <hosts>',
    description: 'make this many real hosts on this machine first (root), and bring them up',
    argument: wholeNumber(1, 100),
    excludes: { key: 'simulate', because: 'hosts are real ones of the lab, or simulated' },
    inLab: { outer: 'it is what makes the lab' },
  },
  simulate: {
    flag: '--simulate <nodes>',
    description: 'real coordinator and agents, simulated hosts; needs no root',
    argument: wholeNumber(1, 5000),
    inLab: { outer: 'it and --lab exclude each other' },
  },
} as const satisfies Record<string, UpOptionEntry>;
