import { duration, list, text, wholeNumber } from '../argument-types.ts';
import type { OptionEntries } from '../option-entry.ts';

/** The options of `status` alone. */
export const statusTable = {
  watch: { flag: '-w, --watch', description: 'go on showing it as it changes, until the run ends or Ctrl-C' },
} as const satisfies OptionEntries;

/** The options of `logs` alone. */
export const logTable = {
  run: {
    flag: '--run <id>',
    description: 'of this run, such as run-20260102t030405-ab12cd; default: the newest',
    argument: text,
  },
  node: { flag: '--node <name>', description: 'of this node only', argument: text },
  phase: { flag: '--phase <phase>', description: 'of this phase only', argument: text },
  follow: {
    flag: '-f, --follow',
    description: 'go on with what comes, until Ctrl-C',
    excludes: { key: 'export', because: 'an export is of what is there' },
  },
  export: {
    flag: '--export <dir>',
    description: 'write <dir>/<node>/<phase>.log instead of printing',
    argument: text,
  },
} as const satisfies OptionEntries;

/** The options of `retry` alone. */
export const retryTable = {
  node: {
    flag: '--node <name>',
    description: 'only the steps of this node; repeatable; default: all that failed',
    argument: list,
  },
} as const satisfies OptionEntries;

/** The options of `token create` alone. */
export const tokenTable = {
  ttl: {
    flag: '--ttl <duration>',
    description: 'how long it can be used, such as 30m, 24h or 7d',
    argument: duration,
    default: 86_400,
    defaultText: '24h',
  },
  description: {
    flag: '--description <text>',
    description: 'what it is for, shown in the list',
    argument: text,
    default: '',
  },
} as const satisfies OptionEntries;

/** The options of `mirror pull` alone. */
export const mirrorTable = {
  to: {
    flag: '--to <dir>',
    variable: false,
    description: 'the tree; made when it is missing',
    argument: text,
    required: true,
  },
  arch: {
    flag: '--arch <arch>',
    description: "of the nodes: amd64, arm64; repeatable; default: this machine's",
    argument: list,
  },
  images: { flag: '--no-images', description: 'leave container images out' },
  goModules: {
    flag: '--no-go-modules',
    description: 'leave out the Go modules that vHive is compiled with',
  },
} as const satisfies OptionEntries;

/** The options of every command about a lab. */
export const labTable = {
  labDir: {
    flag: '--lab-dir <dir>',
    description: 'the lab itself; each directory is a lab of its own',
    argument: text,
  },
  labCache: {
    flag: '--lab-cache <dir>',
    variable: 'VHIVE_CACHE_DIR',
    description: 'what labs are made from, kept from lab to lab',
    argument: text,
  },
} as const satisfies OptionEntries;

/** The options of `lab up` alone. */
export const labUpTable = {
  hosts: {
    flag: '--hosts <n>',
    variable: false,
    description: 'how many',
    argument: wholeNumber(1, 200),
    default: 3,
  },
} as const satisfies OptionEntries;

/** The options of `lab exec` alone. */
export const labExecTable = {
  cwd: {
    flag: '--cwd <dir>',
    variable: false,
    description: 'working directory on the host',
    argument: text,
    default: '/root',
  },
} as const satisfies OptionEntries;
