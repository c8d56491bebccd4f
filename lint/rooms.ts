/** What the files of a room may import, beside the files of the room itself. */
export interface Room {
  /** Names of other rooms. A name stands for every room below it too: `core` for all of `core/…`. */
  rooms: readonly string[];
  /** npm packages and modules of Node.js; `node:*` is all of Node.js. */
  packages: readonly string[];
}

const pure: Room['packages'] = [];
const node = 'node:*';

/**
 * The rooms of the house and the doors between them: every production file stands in the longest room whose name its
 * path begins with, and imports nothing but what its room allows. `shared` is the folder `packages/shared/src`, `core/plan`
 * is `packages/core/src/plan`, and so on; the last rows are folders at the top of the repository.
 *
 * A new folder needs a row here, or `lint/rooms.test.ts` fails. Think before you add a door: imports go
 * shared ← base ← {core, agent, lab} ← coordinator, and core imports shared only.
 */
export const rooms: Readonly<Record<string, Room>> = {
  shared: { rooms: [], packages: ['zod', 'node:crypto'] },
  base: { rooms: ['shared'], packages: [node, 'execa', 'p-retry', 'zod'] },

  // Pure: no module of Node.js is named below.
  'core/versions': { rooms: ['shared'], packages: ['semver'] },
  'core/addresses': { rooms: ['shared'], packages: ['ipaddr.js'] },
  'core/features': { rooms: ['shared', 'core/versions'], packages: pure },
  'core/phases/kit': { rooms: ['shared', 'core/versions', 'core/features'], packages: pure },
  'core/phases': {
    rooms: ['shared', 'core/versions', 'core/addresses', 'core/features'],
    packages: ['smol-toml'],
  },
  'core/cluster-file': {
    rooms: ['shared', 'core/versions', 'core/addresses', 'core/features', 'core/phases'],
    packages: ['semver', 'yaml', 'zod'],
  },
  'core/plan': {
    rooms: ['shared', 'core/versions', 'core/addresses', 'core/features', 'core/phases'],
    packages: ['zod'],
  },
  'core/scheduler': { rooms: ['shared'], packages: pure },

  'agent/host': { rooms: ['shared', 'base'], packages: [node, '@bufbuild/protobuf', '@grpc/grpc-js', '@kubernetes/client-node', 'execa', 'zod'] },
};
