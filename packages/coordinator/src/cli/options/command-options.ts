import {
  hidingOthers,
  inGroup,
  type OptionEntries,
  type Origins,
  type UpOptionEntry,
  type ValuesOf,
} from './option-entry.ts';
import { clusterTable } from './table/cluster.ts';
import { clusterVariables } from './table/cluster-variables.ts';
import { coordinatorTable } from './table/coordinator.ts';
import { experimentRunTable, measureTable, reportTable } from './table/experiment.ts';
import { deleteTable, deployTable, functionLogTable, functionPlace, sandboxOption } from './table/functions.ts';
import { imagePushTable, optimizeTable, preloadTable } from './table/images.ts';
import { loadTable } from './table/load.ts';
import {
  kubeconfigTable,
  labExecTable,
  labTable,
  labUpTable,
  logTable,
  mirrorTable,
  retryTable,
  statusTable,
  tokenTable,
  topTable,
} from './table/of-one-command.ts';
import { replayTable } from './table/replay.ts';
import { output, planOutput, runTable, selectionTable, verbose } from './table/run.ts';
import { trialTable } from './table/trial.ts';

const cluster = { ...inGroup('Cluster:', clusterTable), ...clusterVariables };

const up = {
  ...cluster,
  ...inGroup('Run:', { ...selectionTable, ...runTable, output, verbose }),
  ...inGroup('To try it:', trialTable),
  ...coordinatorTable,
} satisfies Record<string, UpOptionEntry>;

const timeoutOfDoctor = {
  ...runTable.timeout,
  description: 'end after this time, such as 90s or 5m',
  default: 600,
  defaultText: '10m',
};

/**
 * What a command takes that asks about a cluster. The coordinator is nearly always the running one, so help names only
 * what says which one is meant. The others are for the case that one has to be started.
 */
const existing = { output, ...hidingOthers(coordinatorTable, ['stateDir']) };

const functions = { ...functionPlace, output };
const deploy = { ...deployTable, ...functions };
const deletion = { ...deleteTable, ...functions };

/** The options of every command, in the order of its help. */
export const commandOptions = {
  up,
  plan: { ...cluster, ...inGroup('Plan:', { ...selectionTable, output: planOutput }), ...coordinatorTable },
  status: { ...statusTable, ...existing },
  doctor: {
    ...cluster,
    ...inGroup('Doctor:', {
      timeout: timeoutOfDoctor,
      simulate: { ...trialTable.simulate, description: 'look at simulated hosts' },
      output,
    }),
    ...coordinatorTable,
  },
  'nodes ls': existing,
  'nodes top': { ...topTable, ...existing },
  'nodes approve': existing,
  'nodes remove': existing,
  'token create': { ...tokenTable, ...existing },
  'token ls': existing,
  'token revoke': existing,
  'runs ls': existing,
  'runs show': existing,
  'runs cancel': existing,
  logs: { ...logTable, ...existing },
  retry: { ...retryTable, verbose, ...existing },
  serve: coordinatorTable,
  'serve-images': hidingOthers(coordinatorTable, ['stateDir', 'httpsPort', 'mirror', 'logLevel']),
  invoke: {
    ...inGroup('Load:', loadTable.what),
    ...inGroup('Connections:', loadTable.how),
    ...inGroup('Results:', { ...loadTable.results, output }),
    ...hidingOthers(coordinatorTable, ['stateDir']),
  },
  replay: {
    ...inGroup('Trace:', replayTable.what),
    ...inGroup('Functions:', { ...functionPlace, ...sandboxOption, ...replayTable.functions }),
    ...inGroup('Calls:', { ...replayTable.calls, output }),
  },
  'fn deploy': deploy,
  'fn ls': functions,
  'fn describe': functions,
  'fn logs': { ...functionLogTable, ...functions },
  'fn delete': deletion,
  'fn show': { sandbox: sandboxOption.sandbox, output },
  deploy,
  delete: deletion,
  'config init': inGroup('Cluster:', cluster),
  'config validate': { output },
  completion: {},
  version: existing,
  kubeconfig: { ...kubeconfigTable, ...existing },
  'image optimize': { ...optimizeTable, ...existing },
  'image push': { ...imagePushTable, ...existing },
  'image preload': { ...preloadTable, ...existing },
  'mirror pull': { ...cluster, ...inGroup('Mirror:', { ...mirrorTable, output }) },
  'experiment validate': { kubeconfig: functionPlace.kubeconfig, output },
  'experiment plan': { output },
  'experiment run': { ...experimentRunTable, ...measureTable, ...existing },
  'experiment resume': { ...measureTable, ...existing },
  'experiment report': { ...reportTable, output },
  'lab up': { ...labTable, ...labUpTable },
  'lab ls': { ...labTable, output },
  'lab exec': { ...labTable, ...labExecTable },
  'lab reboot': labTable,
  'lab link': labTable,
  'lab down': labTable,
} as const satisfies Record<string, OptionEntries>;

/** The name of a command that does something, with all its words: `nodes ls`. */
export type CommandName = keyof typeof commandOptions;

/** What a command is given: the values of its options, and where each was said. */
export type Flags<C extends CommandName> = ValuesOf<(typeof commandOptions)[C]> & Origins;

/** The values of the options that say which coordinator is meant. */
export type CoordinatorFlags = ValuesOf<typeof coordinatorTable>;

/** Every option and variable that sets a field of the cluster file. A command need not take all of them. */
export const clusterFields: OptionEntries = Object.fromEntries(
  Object.entries<OptionEntries[string]>({ ...clusterVariables, ...up }).filter(([, { clusterFile }]) => clusterFile),
);
