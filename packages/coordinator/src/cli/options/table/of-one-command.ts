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
    description: 'only lines of this run, such as run-20260102t030405-ab12cd; default: the newest run',
    argument: text,
  },
  node: { flag: '--node <name>', description: 'only lines of this node', argument: text },
  phase: { flag: '--phase <phase>', description: 'only lines of this phase', argument: text },
  follow: {
    flag: '-f, --follow',
    description: 'go on with new lines as they come, until Ctrl-C',
    excludes: { key: 'export', because: 'an export has only the lines that are stored already' },
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
    description: 'how long the token can be used, such as 30m, 24h or 7d',
    argument: duration,
    default: 86_400,
    defaultText: '24h',
  },
  description: {
    flag: '--description <text>',
    description: 'what the token is for; the list shows it',
    argument: text,
    default: '',
  },
  node: {
    flag: '--node <name>',
    variable: false,
    description: 'only this node can enrol with it, once, and may have a new key: for a host that was set up anew',
    argument: text,
  },
} as const satisfies OptionEntries;

/** The options of `mirror pull` alone. */
export const mirrorTable = {
  to: {
    flag: '--to <dir>',
    variable: false,
    description: 'directory of the mirror tree; it is made when it is missing',
    argument: text,
    required: true,
  },
  arch: {
    flag: '--arch <arch>',
    description: "architecture of the nodes: amd64, arm64; repeatable; default: this machine's",
    argument: list,
  },
  images: { flag: '--no-images', description: 'leave out container images' },
  goModules: {
    flag: '--no-go-modules',
    description: 'leave out the Go modules that vHive is compiled with',
  },
} as const satisfies OptionEntries;

/** The options of every command about a lab. */
export const labTable = {
  labDir: {
    flag: '--lab-dir <dir>',
    description: 'directory of the lab; each directory is a lab of its own',
    argument: text,
  },
  labCache: {
    flag: '--lab-cache <dir>',
    variable: 'VHIVE_CACHE_DIR',
    description: 'directory of what labs are made from; it is kept from lab to lab',
    argument: text,
  },
} as const satisfies OptionEntries;

/** The options of `lab up` alone. */
export const labUpTable = {
  hosts: {
    flag: '--hosts <n>',
    variable: false,
    description: 'number of hosts',
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
