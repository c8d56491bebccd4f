import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { defined, VhiveError } from '@vhive/shared';
import type { CoordinatorOptions } from '../../assembly/options.ts';
import type { CoordinatorFlags } from './command-options.ts';

/** Makes the coordinator's options from the flags. `config` is what the cluster file says; flags win over it. */
export function coordinatorOptions(
  flags: CoordinatorFlags,
  config: { name?: string; lan?: string | undefined },
  env: NodeJS.ProcessEnv,
): CoordinatorOptions {
  const lan = flags.lan ?? config.lan;
  return {
    stateDir: directory('--state-dir', flags.stateDir ?? defaultStateDir(env)),
    cacheDir: directory(
      '--cache-dir',
      flags.cacheDir ?? userDirectory('/var/cache', env.XDG_CACHE_HOME, '.cache', env),
    ),
    httpsPort: flags.httpsPort,
    natsPort: flags.natsPort,
    trustNetworks: flags.trustNetwork ?? [],
    logLevel: flags.logLevel,
    ...defined({ cluster: flags.cluster ?? config.name, lan, nats: flags.nats, mirror: flags.mirror }),
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

function userDirectory(system: string, xdg: string | undefined, fallback: string, env: NodeJS.ProcessEnv): string {
  if (process.getuid?.() === 0) return join(system, 'vhive-coord');
  return join(xdg || join(env.HOME || homedir(), fallback), 'vhive-coord');
}
