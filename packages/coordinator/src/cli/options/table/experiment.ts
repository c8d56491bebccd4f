import { path } from '../argument-types.ts';
import type { OptionEntries } from '../option-entry.ts';
import { functionPlace } from './functions.ts';

/** The options of `experiment run` and `experiment resume`. */
export const measureTable = {
  kubeconfig: functionPlace.kubeconfig,
  retryFailed: {
    flag: '--retry-failed',
    variable: false,
    description: 'measure the trials that failed once more',
  },
} as const satisfies OptionEntries;

/** The options of `experiment run` alone. */
export const experimentRunTable = {
  results: {
    flag: '--results <dir>',
    variable: false,
    description: 'the folder of the results, which must be a new one; default: the name of the experiment and the time',
    argument: path,
  },
} as const satisfies OptionEntries;

/** The options of `experiment report`. */
export const reportTable = {
  file: {
    flag: '--file <path>',
    variable: false,
    description: 'the file of the page; default: report.html in the first folder',
    argument: path,
  },
} as const satisfies OptionEntries;
