import { choice, lan, listOf, mirrorTree, name, natsUrl, path, port, trustedNetwork } from '../argument-types.ts';
import { inGroup, type UpOptionEntry } from '../option-entry.ts';

/**
 * The ports are those of @vhive/shared, and a test compares them. They are not imported, because the schemas there cost
 * more time to load than all of the help.
 */
const HTTPS_PORT = 7443;
const NATS_PORT = 7422;

/**
 * The options of every command that talks to a coordinator. The command attaches to the running one, or starts one for
 * its own time.
 */
export const coordinatorTable = inGroup('Coordinator (used when one has to be started):', {
  stateDir: {
    flag: '--state-dir <dir>',
    description:
      'keys, tokens and event store; default: /var/lib/vhive-coord for root, else ~/.local/state/vhive-coord',
    argument: path,
    inLab: { refused: 'agents of a lab are enrolled with the coordinator of the default directory of its first host' },
  },
  cacheDir: {
    flag: '--cache-dir <dir>',
    description:
      'directory of what can be fetched again; default: /var/cache/vhive-coord for root, else ~/.cache/vhive-coord',
    argument: path,
    inLab: { refused: 'the first host of a lab has a cache of its own, and that of labs is named by VHIVE_LAB_CACHE' },
  },
  cluster: {
    flag: '--cluster <name>',
    description: 'name of the cluster; default: that of the cluster file, else vhive',
    argument: name,
    clusterFile: { path: ['name'] },
    inLab: 'forwarded',
  },
  httpsPort: {
    flag: '--https-port <port>',
    description: 'port for agents, operators and artifacts',
    argument: port,
    default: HTTPS_PORT,
    inLab: { refused: 'agents of a lab look for the coordinator at its default port' },
  },
  natsPort: {
    flag: '--nats-port <port>',
    description: "port of the coordinator's nats-server",
    argument: port,
    default: NATS_PORT,
    inLab: 'forwarded',
  },
  nats: {
    flag: '--nats <url>',
    description: 'use this NATS server (tls://host:port) instead of a supervised one',
    argument: natsUrl,
    inLab: 'forwarded',
  },
  mirror: {
    flag: '--mirror <dir|url>',
    description: 'take everything from this mirror tree; internet: from there again',
    argument: mirrorTree,
    inLab: { outer: 'a directory is shown to the hosts, an address is handed on' },
  },
  lan: {
    flag: '--lan <cidr|interface>',
    description:
      'network for all cluster traffic, which every node must be on; default: the one over which the nodes came',
    argument: lan,
    clusterFile: { path: ['lan'] },
    inLab: 'forwarded',
  },
  trustNetwork: {
    flag: '--trust-network <cidr>',
    description: 'let agents from this range in without a token; repeatable',
    argument: listOf(trustedNetwork),
    inLab: 'forwarded',
  },
  logLevel: {
    flag: '--log-level <level>',
    description: "level of the coordinator's own log",
    argument: choice('fatal', 'error', 'warn', 'info', 'debug', 'trace'),
    default: 'warn',
    inLab: 'forwarded',
  },
} as const satisfies Record<string, UpOptionEntry>);
