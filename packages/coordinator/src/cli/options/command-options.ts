import { inGroup, type OptionEntries, type Origins, type UpOptionEntry, type ValuesOf } from './option-entry.ts';
import { clusterOptions } from './table/cluster.ts';
import { clusterVariables } from './table/cluster-variables.ts';
import { coordinatorOptions } from './table/coordinator.ts';
import {
  labDirectories,
  labExecOptions,
  labUpOptions,
  logOptions,
  mirrorOptions,
  retryOptions,
  statusOptions,
  tokenOptions,
} from './table/of-one-command.ts';
import { output, planOutput, runOptions, selectionOptions } from './table/run.ts';
import { trialOptions } from './table/trial.ts';

const cluster = { ...inGroup('Cluster:', clusterOptions), ...clusterVariables };

const up = {
  ...cluster,
  ...inGroup('Run:', { ...selectionOptions, ...runOptions, output }),
  ...inGroup('To try it:', trialOptions),
  ...coordinatorOptions,
} satisfies Record<string, UpOptionEntry>;

const timeoutOfDoctor = {
  ...runOptions.timeout,
  description: 'end after this time, such as 90s or 5m',
  default: 600,
  defaultText: '10m',
};

const existing = { output, ...coordinatorOptions };

/** The options of every command, in the order of its help. */
export const commandOptions = {
  up,
  plan: { ...cluster, ...inGroup('Plan:', { ...selectionOptions, output: planOutput }), ...coordinatorOptions },
  status: { ...statusOptions, ...existing },
  doctor: {
    ...cluster,
    ...inGroup('Doctor:', {
      timeout: timeoutOfDoctor,
      simulate: { ...trialOptions.simulate, description: 'look at simulated hosts' },
      output,
    }),
    ...coordinatorOptions,
  },
  'nodes ls': existing,
  'nodes approve': existing,
  'nodes remove': existing,
  'token create': { ...tokenOptions, ...existing },
  'token ls': existing,
  'token revoke': existing,
  logs: { ...logOptions, ...existing },
  retry: { ...retryOptions, ...existing },
  serve: coordinatorOptions,
  'mirror pull': { ...cluster, ...inGroup('Mirror:', { ...mirrorOptions, output }) },
  'lab up': { ...labDirectories, ...labUpOptions },
  'lab ls': { ...labDirectories, output },
  'lab exec': { ...labDirectories, ...labExecOptions },
  'lab reboot': labDirectories,
  'lab link': labDirectories,
  'lab down': labDirectories,
} as const satisfies Record<string, OptionEntries>;

/** A command that does something, by all its words: `nodes ls`. */
export type CommandName = keyof typeof commandOptions;

/** What a command is given: the values of its options, and where they were said. */
export type Flags<C extends CommandName> = ValuesOf<(typeof commandOptions)[C]> & Origins;

/** Values of the options that say which coordinator. */
export type CoordinatorFlags = ValuesOf<typeof coordinatorOptions>;

/** Every option and variable that sets a field of the cluster file; a command need not take all of them. */
export const clusterFields: OptionEntries = Object.fromEntries(
  Object.entries<OptionEntries[string]>({ ...clusterVariables, ...up }).filter(([, { clusterFile }]) => clusterFile),
);
