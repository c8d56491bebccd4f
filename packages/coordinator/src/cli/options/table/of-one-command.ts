import {
  choice,
  durationUpTo,
  executor,
  listOf,
  mirrorTree,
  moment,
  name,
  path,
  phase,
  runId,
  textUpTo,
  wholeNumber,
} from '../argument-types.ts';
import type { OptionEntries } from '../option-entry.ts';
import { labSoftware } from './trial.ts';

/** The options of `status` alone. */
export const statusTable = {
  watch: {
    flag: '-w, --watch',
    variable: false,
    description: 'go on showing it as it changes, until the run ends or Ctrl-C',
  },
  run: {
    flag: '--run <id>',
    variable: false,
    description: 'this run instead of the newest one that is no dry run',
    argument: runId,
  },
} as const satisfies OptionEntries;

/** The options of `nodes top` alone. */
export const topTable = {
  watch: {
    flag: '-w, --watch',
    variable: false,
    description: 'go on with new figures every second, until Ctrl-C',
  },
} as const satisfies OptionEntries;

/** The options of `kubeconfig` alone. */
export const kubeconfigTable = {
  from: {
    flag: '--from <file>',
    variable: false,
    description: 'kubeconfig file to take it from, - for standard input; default: /etc/kubernetes/admin.conf',
    argument: path,
  },
  merge: {
    flag: '--merge',
    variable: false,
    description: 'put it into the file of KUBECONFIG, else into ~/.kube/config, and make it the current context there',
  },
  name: {
    flag: '--name <name>',
    variable: false,
    description: 'name of its context; default: that of the cluster',
    argument: name,
  },
} as const satisfies OptionEntries;

/** The options of `logs` alone. */
export const logTable = {
  run: {
    flag: '--run <id>',
    variable: false,
    description:
      'only lines of this run, such as run-20260102t030405-ab12cd; default: the newest run that is no dry run',
    argument: runId,
  },
  node: {
    flag: '--node <name>',
    variable: false,
    description: 'only lines of this node, or of the coordinator itself: coordinator',
    argument: executor,
  },
  phase: { flag: '--phase <phase>', variable: false, description: 'only lines of this phase', argument: phase },
  errors: {
    flag: '--errors',
    variable: false,
    description: 'only lines of the tasks that failed',
    excludes: { key: 'follow', because: 'that a task failed is known only after its lines' },
  },
  since: {
    flag: '--since <time>',
    variable: false,
    description: 'only lines from this time on: 10m for ten minutes ago, or 2026-01-02T03:04:05Z',
    argument: moment,
  },
  tail: {
    flag: '-n, --tail <count>',
    variable: false,
    description: 'only this many of the last lines; with --follow, of those that are stored already',
    argument: wholeNumber(0, 1_000_000),
    excludes: { key: 'export', because: 'an export is of whole files' },
  },
  follow: {
    flag: '-f, --follow',
    variable: false,
    description: 'go on with new lines as they come, until Ctrl-C',
    excludes: { key: 'export', because: 'an export has only the lines that are stored already' },
  },
  export: {
    flag: '--export <dir>',
    variable: false,
    description: 'write <dir>/<node>/<phase>.log instead of printing',
    argument: path,
  },
} as const satisfies OptionEntries;

/** The options of `retry` alone. */
export const retryTable = {
  node: {
    flag: '--node <name>',
    variable: false,
    description: 'only the steps of this node; repeatable; default: all that failed',
    argument: listOf(executor),
  },
} as const satisfies OptionEntries;

/** The options of `token create` alone. */
export const tokenTable = {
  ttl: {
    flag: '--ttl <duration>',
    description: 'how long the token can be used, such as 30m, 24h or 7d',
    argument: durationUpTo(365 * 86_400),
    default: 86_400,
    defaultText: '24h',
  },
  description: {
    flag: '--description <text>',
    description: 'what the token is for; the list shows it',
    argument: textUpTo(200),
    default: '',
  },
  node: {
    flag: '--node <name>',
    variable: false,
    description: 'only this node can enrol with it, once, and may have a new key: for a host that was set up anew',
    argument: name,
  },
} as const satisfies OptionEntries;

/** The options of `mirror pull` alone. */
export const mirrorTable = {
  to: {
    flag: '--to <dir>',
    variable: false,
    description: 'directory of the mirror tree; it is made when it is missing',
    argument: path,
    required: true,
  },
  arch: {
    flag: '--arch <arch>',
    description: "architecture of the nodes: amd64, arm64; repeatable; default: this machine's",
    argument: listOf(choice('amd64', 'arm64')),
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
    argument: path,
  },
  labCache: {
    flag: '--lab-cache <dir>',
    description: 'directory of what labs are made from; it is kept from lab to lab',
    argument: path,
  },
} as const satisfies OptionEntries;

/** The options of `lab up` alone. */
export const labUpTable = {
  ...labSoftware,
  mirror: {
    flag: '--mirror <dir|url>',
    description: 'take everything from this mirror tree, which hosts are shown, and pull or compile nothing',
    argument: mirrorTree,
  },
  hosts: {
    flag: '--hosts <n>',
    variable: false,
    description: 'number of hosts that are containers',
    argument: wholeNumber(0, 200),
    default: 3,
  },
  emulated: {
    flag: '--emulated <n>',
    variable: false,
    description: 'number of hosts beside them that have a kernel, a disk and KVM of their own: machines under qemu',
    argument: wholeNumber(0, 20),
    default: 0,
  },
} as const satisfies OptionEntries;

/** The options of `lab exec` alone. */
export const labExecTable = {
  cwd: {
    flag: '--cwd <dir>',
    variable: false,
    description: 'working directory on the host',
    argument: path,
    default: '/root',
  },
} as const satisfies OptionEntries;
