/** What the files of a room may import, beside the files of the room itself. */
export interface Room {
  /** Names of rooms that stand above this one in the table. A name stands for the rooms inside it too, as far as they do. */
  rooms: readonly string[];
  /** npm packages and modules of Node.js; `node:*` is all of Node.js. */
  packages: readonly string[];
}

const node = 'node:*';
const nats = ['@nats-io/jetstream', '@nats-io/kv', '@nats-io/transport-node'];
const phaseKit = ['shared', 'core/versions', 'core/features', 'core/functions', 'core/phases/kit'];
const services = ['shared', 'base'];
const agentHost = [...services, 'agent/host'];
const harmless = ['node:crypto', 'node:net', 'node:path', 'node:timers/promises', 'node:util'];

/**
 * The rooms of the house and the doors between them. Every production file stands in the room with the longest name that
 * its path begins with, and imports nothing but what that room allows. `core/plan` is the folder `packages/core/src/plan`
 * (or the file `plan.ts` there), and so on; the last rows are folders at the top of the repository.
 *
 * A new folder needs a row here, else `lint/rooms.test.ts` fails. Imports go one way, shared ← base ← {core, agent, lab}
 * ← coordinator, and core imports shared only: think before you add a door.
 */
export const rooms: Readonly<Record<string, Room>> = {
  shared: { rooms: [], packages: ['zod', 'node:crypto'] },
  base: { rooms: ['shared'], packages: [node, 'execa', 'zod'] },
  'base/grpc': { rooms: ['shared'], packages: ['@bufbuild/protobuf', '@grpc/grpc-js'] },
  'base/load': { rooms: ['shared', 'base'], packages: [node, 'zod'] },
  'base/kubernetes': { rooms: ['shared', 'base'], packages: [node, '@kubernetes/client-node', 'zod'] },

  // The pure core: none of its rooms has a module of Node.js.
  'core/features': { rooms: ['shared'], packages: [] },
  'core/load': { rooms: ['shared'], packages: ['pure-rand', 'zod'] },
  'core/versions': { rooms: ['shared', 'core/features'], packages: ['semver'] },
  'core/addresses': { rooms: ['shared', 'core/features'], packages: ['ipaddr.js'] },
  // What is asked of any YAML that people write.
  'core/cluster-file/yaml-structure': { rooms: [], packages: ['yaml'] },
  'core/functions': {
    rooms: ['shared', 'core/features', 'core/cluster-file/yaml-structure'],
    packages: ['yaml', 'zod'],
  },
  'core/phases/kit': { rooms: ['shared', 'core/versions', 'core/features', 'core/functions'], packages: [] },
  'core/phases/host': { rooms: [...phaseKit, 'core/addresses'], packages: [] },
  'core/phases/runtime': { rooms: [...phaseKit, 'core/phases/host'], packages: ['smol-toml'] },
  'core/phases/microvms': {
    rooms: [...phaseKit, 'core/addresses', 'core/phases/host', 'core/phases/runtime'],
    packages: ['smol-toml'],
  },
  'core/phases/kubernetes': {
    rooms: [...phaseKit, 'core/addresses', 'core/phases/host', 'core/phases/runtime', 'core/phases/microvms'],
    packages: [],
  },
  'core/phases/knative': {
    rooms: [...phaseKit, 'core/phases/host', 'core/phases/runtime', 'core/phases/kubernetes'],
    packages: [],
  },
  'core/phases/extras': {
    rooms: [...phaseKit, 'core/phases/host', 'core/phases/runtime', 'core/phases/kubernetes', 'core/phases/knative'],
    packages: [],
  },
  'core/phases/proof': { rooms: [...phaseKit, 'core/phases'], packages: [] },
  'core/phases': { rooms: [...phaseKit, 'core/phases'], packages: [] },
  'core/cluster-file': {
    rooms: [
      'shared',
      'core/cluster-file/yaml-structure',
      'core/versions',
      'core/addresses',
      'core/features',
      'core/phases',
    ],
    packages: ['semver', 'yaml', 'zod'],
  },
  'core/traces': { rooms: ['shared', 'core/functions', 'core/load'], packages: ['zod'] },
  'core/experiments': { rooms: ['shared', 'core/cluster-file', 'core/functions'], packages: ['zod'] },
  'core/jobs': { rooms: ['shared', 'core/features', 'core/phases/kit'], packages: [] },
  'core/plan': {
    rooms: ['shared', 'core/versions', 'core/addresses', 'core/features', 'core/phases'],
    packages: ['zod'],
  },
  'core/scheduler': { rooms: ['shared'], packages: [] },

  'agent/host': {
    rooms: services,
    packages: [node, 'execa', 'zod'],
  },
  'agent/simulated': {
    rooms: [...services, 'agent/host'],
    packages: [node, '@grpc/grpc-js', 'p-limit', 'tar', 'yaml', 'zod'],
  },
  'agent/actions/kit': { rooms: agentHost, packages: ['node:path', 'zod'] },
  // These three work on bytes and events as they come, for which the host layer has no words.
  'agent/actions/artifacts': { rooms: [...agentHost, 'agent/actions/kit'], packages: [node, 'tar', 'zod'] },
  'agent/actions/systemd': { rooms: [...agentHost, 'agent/actions/kit'], packages: [node, 'zod'] },
  'agent/actions/go': { rooms: [...agentHost, 'agent/actions/kit'], packages: [node, 'zod'] },
  // All others reach files and programs of the host through the host layer, which can be simulated.
  'agent/actions': {
    rooms: [...agentHost, 'agent/actions'],
    packages: [...harmless, '@grpc/grpc-js', 'p-limit', 'p-retry', 'yaml', 'zod'],
  },
  // It makes its share of the schedule itself, as the command line would.
  'agent/load-generator': { rooms: [...agentHost, 'core/load'], packages: [node] },
  'agent/executor': { rooms: [...services, 'agent/actions', 'agent/host'], packages: [node, 'zod'] },
  'agent/transport': {
    rooms: [...services, 'agent/executor', 'agent/host'],
    packages: [node, '@nats-io/nkeys', '@nats-io/transport-node', 'zod'],
  },
  'agent/program': { rooms: ['shared', 'base', 'agent'], packages: [node, 'commander', 'execa', 'pino'] },
  'agent/main': { rooms: ['agent/program'], packages: [] },

  'lab/types': { rooms: [], packages: [] },
  'lab/directories': { rooms: ['lab/types'], packages: [] },
  'lab/machine': { rooms: [...services, 'lab/types'], packages: [node, 'execa'] },
  'lab/base-tree': { rooms: [...services, 'lab/types', 'lab/machine'], packages: [node, 'p-limit'] },
  'lab/tree': { rooms: [...services, 'core/versions'], packages: [node, 'execa', 'p-limit', 'yaml'] },
  'lab/hosts': {
    // Of the tree, only how packages of Debian are fetched and unpacked.
    rooms: [...services, 'lab/types', 'lab/directories', 'lab/machine', 'lab/base-tree', 'lab/tree'],
    packages: [node, 'execa', 'p-limit', 'zod'],
  },
  'lab/release': { rooms: ['lab/types', 'lab/machine'], packages: [node] },
  'lab/cluster': { rooms: ['shared', 'base', 'lab'], packages: [node, 'yaml'] },
  'lab/index': { rooms: ['lab'], packages: [] },

  'coordinator/trust': {
    rooms: services,
    packages: [
      node,
      '@nats-io/jwt',
      '@nats-io/nkeys',
      '@nats-io/transport-node',
      '@peculiar/x509',
      'reflect-metadata',
      'zod',
    ],
  },
  'coordinator/nats': {
    rooms: [...services, 'coordinator/trust'],
    packages: [node, ...nats, 'execa', 'p-limit', 'pino', 'semver', 'zod'],
  },
  'coordinator/nodes': {
    rooms: [...services, 'coordinator/trust'],
    packages: [node, 'ipaddr.js', 'p-limit', 'pino', 'zod'],
  },
  'coordinator/artifacts': {
    // A pull fills in what vHive's source tells, as a run does.
    rooms: [...services, 'core/versions', 'core/scheduler'],
    packages: [node, 'execa', 'p-limit', 'tar', 'yaml', 'zod'],
  },
  'coordinator/actions': { rooms: [...services, 'coordinator/artifacts'], packages: [node] },
  'coordinator/runs': { rooms: [...services, 'core/scheduler'], packages: [node, 'pino', 'zod'] },
  'coordinator/operations': {
    rooms: [
      ...services,
      'core/addresses',
      'core/cluster-file',
      'core/jobs',
      'core/plan',
      ...['nats', 'nodes', 'runs', 'trust'].map((room) => `coordinator/${room}`),
    ],
    packages: [node, 'zod'],
  },
  'coordinator/http': {
    rooms: [...services, ...['artifacts', 'nodes', 'operations', 'trust'].map((room) => `coordinator/${room}`)],
    packages: [node, '@fastify/rate-limit', '@fastify/websocket', 'fastify', 'pino', 'ws', 'zod'],
  },
  // Functions are asked of Kubernetes itself, and not of a coordinator.
  'coordinator/functions': { rooms: [...services, 'core/functions', 'core/load'], packages: [node, 'p-limit', 'zod'] },
  // The types by which the command line and main.ts speak of a coordinator, without the parts of one.
  'coordinator/assembly/options': { rooms: ['shared', 'core/cluster-file'], packages: ['node:path'] },
  'coordinator/assembly': {
    rooms: [
      'shared',
      'base',
      'core',
      'coordinator/assembly/options',
      ...['actions', 'artifacts', 'http', 'nats', 'nodes', 'operations', 'runs', 'trust'].map(
        (room) => `coordinator/${room}`,
      ),
    ],
    packages: [node, '@nats-io/transport-node', 'execa', 'fastify', 'ipaddr.js', 'pino', 'tar'],
  },
  'coordinator/load': { rooms: [...services, 'core/load'], packages: [node, 'zod'] },
  'coordinator/traces': { rooms: ['shared', 'base', 'core/traces', 'coordinator/load'], packages: [node, 'csv-parse'] },
  'coordinator/experiments': {
    rooms: [
      ...services,
      ...['experiments', 'functions', 'load'].map((room) => `core/${room}`),
      ...['functions', 'load'].map((room) => `coordinator/${room}`),
    ],
    packages: [node, 'zod'],
  },
  // The command line talks to a coordinator through its HTTP API; what it starts is handed to it by main.ts.
  'coordinator/cli': {
    rooms: [
      'shared',
      'base',
      'core',
      'coordinator/assembly/options',
      'coordinator/functions',
      'coordinator/load',
      'coordinator/experiments',
      'coordinator/traces',
    ],
    // Credentials are sealed for the agent of one node before they leave the command line.
    packages: [
      node,
      '@bomb.sh/tab',
      '@nats-io/nkeys',
      'commander',
      'execa',
      'ipaddr.js',
      'log-update',
      'string-width',
      'wrap-ansi',
      'ws',
      'yaml',
      'zod',
    ],
  },
  'coordinator/reference': { rooms: ['shared', 'core', 'coordinator/cli'], packages: [node, 'commander', 'zod'] },
  'coordinator/main': { rooms: ['coordinator', 'lab'], packages: [] },

  lint: { rooms: [], packages: [node, 'oxc-parser'] },
  packaging: { rooms: ['shared', 'base'], packages: [node, 'esbuild'] },
};

/** The room of a file, given as its path from the root of the repository; undefined where no row names it. */
export function roomOf(file: string): string | undefined {
  const path = file.replace(/^packages\/([^/]+)\/src\//, '$1/').replace(/\.ts$/, '');
  for (
    let name = path;
    name !== '.' && name !== '';
    name = name.includes('/') ? name.slice(0, name.lastIndexOf('/')) : ''
  )
    if (Object.hasOwn(rooms, name)) return name;
  return undefined;
}
