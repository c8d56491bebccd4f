import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ClusterRecord, defined, VhiveError } from '@vhive/shared';
import { type CoordinatorOptions, simulationDirectories } from '../../assembly/options.ts';
import type { CoordinatorFlags } from './command-options.ts';
import type { Origins } from './option-entry.ts';
import { readRemembered } from './remembered.ts';

/** The flags that say which coordinator is meant, and where they were said. */
export type SaidCoordinatorFlags = CoordinatorFlags & Origins & { simulate?: number };

/** Returns the state directory that is meant. That of a simulation is its own, unless another one is named. */
export function stateDirOf(flags: SaidCoordinatorFlags, env: NodeJS.ProcessEnv): string {
  if (flags.stateDir !== undefined) return directory('--state-dir', flags.stateDir);
  if (flags.simulate !== undefined) return simulationDirectories(cacheDirOf(flags, env)).stateDir;
  return defaultStateDir(env);
}

/**
 * Makes the options of the coordinator of an existing cluster: what no flag says is as the cluster remembers it. Throws
 * `usage` where that cannot be read.
 */
export async function existingCoordinator(
  flags: SaidCoordinatorFlags,
  env: NodeJS.ProcessEnv,
): Promise<CoordinatorOptions> {
  const { record } = await readRemembered(stateDirOf(flags, env));
  const lan = record?.run?.basis.config.lan;
  return coordinatorOptions(flags, { lan: typeof lan === 'string' ? lan : undefined }, env, record);
}

/**
 * Makes the coordinator's options from the flags. `config` is what the cluster file says; flags win over it, and it wins
 * over what is remembered.
 */
export function coordinatorOptions(
  flags: SaidCoordinatorFlags,
  config: { name?: string; lan?: string | undefined },
  env: NodeJS.ProcessEnv,
  record: ClusterRecord | undefined,
): CoordinatorOptions {
  const lan = flags.lan ?? config.lan;
  const before = record?.coordinator;
  const { httpsPort, natsPort, nats } = flags.origins;
  return {
    stateDir: stateDirOf(flags, env),
    cacheDir: cacheDirOf(flags, env),
    httpsPort: httpsPort === undefined ? (before?.httpsPort ?? flags.httpsPort) : flags.httpsPort,
    natsPort: natsPort === undefined ? (before?.natsPort ?? flags.natsPort) : flags.natsPort,
    trustNetworks: flags.trustNetwork ?? [],
    logLevel: flags.logLevel,
    ...defined({
      cluster: flags.cluster ?? config.name,
      lan,
      nats: nats === undefined ? before?.nats : flags.nats,
      mirror: flags.mirror,
    }),
  };
}

/** The state directory where none is named. */
export function defaultStateDir(env: NodeJS.ProcessEnv): string {
  return userDirectory('/var/lib', env.XDG_STATE_HOME, '.local/state', env);
}

/** Returns the absolute path. An empty one would be the working directory, and nobody means that. */
function directory(flag: string, path: string): string {
  if (path.trim() !== '') return resolve(path);
  throw new VhiveError({
    code: 'usage',
    message: `${flag} is empty`,
    hint: `name a directory, or leave ${flag} out for the default one`,
  });
}

function cacheDirOf(flags: SaidCoordinatorFlags, env: NodeJS.ProcessEnv): string {
  return directory('--cache-dir', flags.cacheDir ?? userDirectory('/var/cache', env.XDG_CACHE_HOME, '.cache', env));
}

function userDirectory(system: string, xdg: string | undefined, fallback: string, env: NodeJS.ProcessEnv): string {
  if (process.getuid?.() === 0) return join(system, 'vhive-coord');
  return resolve(join(xdg || join(env.HOME || homedir(), fallback), 'vhive-coord'));
}
