import { InvalidArgumentError } from 'commander';
import { type ArgumentType, choice, durationUpTo, name, path, textUpTo, wholeNumber } from '../argument-types.ts';
import type { OptionEntries } from '../option-entry.ts';

/** A variable of a function and its value. It may be repeated; a value can have commas. */
const variables: ArgumentType<Record<string, string>> = {
  parse(word, before = {}) {
    const { key, value } = /^(?<key>[A-Za-z_][A-Za-z0-9_.-]*)=(?<value>.*)$/s.exec(word)?.groups ?? {};
    if (key === undefined || value === undefined) throw new InvalidArgumentError('Must be NAME=VALUE.');
    return { ...before, [key]: value };
  },
  write: (values) => Object.entries(values).map(([key, value]) => `${key}=${value}`),
};

/** A label of nodes and its value. It may be repeated. */
const nodeLabels: ArgumentType<Record<string, string>> = {
  parse(word, before = {}) {
    const { key, value } =
      /^(?<key>[A-Za-z0-9][A-Za-z0-9./_-]{0,316})=(?<value>[A-Za-z0-9._-]{0,63})$/.exec(word)?.groups ?? {};
    if (key === undefined || value === undefined) throw new InvalidArgumentError('Must be LABEL=VALUE.');
    return { ...before, [key]: value };
  },
  write: (values) => Object.entries(values).map(([key, value]) => `${key}=${value}`),
};

/** The options of all commands about functions: which cluster, and where in it. */
export const functionPlace = {
  kubeconfig: {
    flag: '--kubeconfig <file>',
    variable: false,
    description:
      'kubeconfig file of the cluster; default: that of KUBECONFIG, else ~/.kube/config, else /etc/kubernetes/admin.conf of the master',
    argument: path,
  },
  namespace: {
    flag: '-n, --namespace <name>',
    variable: false,
    description: "namespace of the functions; default: that of the kubeconfig's context, which mostly is default",
    argument: name,
  },
} as const satisfies OptionEntries;

/** The sandbox for which a shipped function is made. */
export const sandboxOption = {
  sandbox: {
    flag: '--sandbox <sandbox>',
    variable: false,
    description: 'make shipped functions for this sandbox; default: what the cluster shows, which is told',
    argument: choice('firecracker', 'gvisor', 'stock-only'),
  },
} as const satisfies OptionEntries;

const pods = wholeNumber(0, 100_000);
const LONGEST = 86_400;

/** The options of `fn deploy` alone. */
export const deployTable = {
  functions: {
    flag: '--functions <file>',
    variable: false,
    description: "functions.json of vSwarm's deployer (also: --jsonFile)",
    argument: path,
  },
  funcDir: {
    flag: '--func-dir <dir>',
    variable: false,
    description: 'directory of the files that functions.json names; default: its own (also: --funcPath)',
    argument: path,
  },
  count: {
    flag: '--count <n>',
    variable: false,
    description: 'deploy so many copies of each function, named NAME-0, NAME-1, ...; wins over functions.json',
    argument: wholeNumber(1, 10_000),
  },
  ...sandboxOption,
  env: {
    flag: '-e, --env <name=value>',
    variable: false,
    description: 'variable of the functions; repeatable; wins over their files',
    argument: variables,
  },
  nodeSelector: {
    flag: '--node-selector <label=value>',
    variable: false,
    description: 'run pods only on nodes with this label; repeatable; wins over their files',
    argument: nodeLabels,
  },
  minScale: { flag: '--min-scale <n>', variable: false, description: 'fewest pods of each function', argument: pods },
  maxScale: {
    flag: '--max-scale <n>',
    variable: false,
    description: 'most pods of each function; 0: no limit',
    argument: pods,
  },
  initialScale: {
    flag: '--initial-scale <n>',
    variable: false,
    description: 'pods that a function begins with',
    argument: pods,
  },
  concurrencyTarget: {
    flag: '--concurrency-target <n>',
    variable: false,
    description:
      'calls at a time for which a pod is meant; default: what the file says, else 1 with functions.json, as vSwarm',
    argument: wholeNumber(1, 100_000),
  },
  endpointsFile: {
    flag: '--endpoints-file <file>',
    variable: false,
    description: 'write where the functions that are Ready can be called (also: --endpointsFile)',
    argument: path,
    default: 'endpoints.json',
  },
  concurrency: {
    flag: '--concurrency <n>',
    variable: false,
    description: 'functions deployed at a time (also: --conc)',
    argument: wholeNumber(1, 1_000),
    default: 5,
  },
  timeout: {
    flag: '--timeout <duration>',
    variable: false,
    description: 'how long each function may take until it is Ready, such as 90s or 5m',
    argument: durationUpTo(LONGEST),
    default: 300,
    defaultText: '5m',
  },
  gatewayUrl: {
    flag: '--gateway-url <domain>',
    variable: false,
    description: "taken from vSwarm's scripts and not used: the cluster itself says where its functions are",
    argument: textUpTo(253),
    hidden: true,
  },
} as const satisfies OptionEntries;

/** The options of `fn logs` alone. */
export const functionLogTable = {
  tail: {
    flag: '--tail <count>',
    variable: false,
    description: 'only this many of the last lines of each container',
    argument: wholeNumber(0, 1_000_000),
  },
  follow: { flag: '-f, --follow', variable: false, description: 'go on with new lines and new pods, until Ctrl-C' },
} as const satisfies OptionEntries;

/** The options of `fn delete` alone. */
export const deleteTable = {
  all: { flag: '--all', variable: false, description: 'all functions of the namespace' },
  wait: { flag: '--no-wait', variable: false, description: 'do not wait until the functions and their pods are gone' },
  timeout: {
    flag: '--timeout <duration>',
    variable: false,
    description: 'how long to wait until they are gone, such as 90s or 5m',
    argument: durationUpTo(LONGEST),
    default: 600,
    defaultText: '10m',
  },
} as const satisfies OptionEntries;
