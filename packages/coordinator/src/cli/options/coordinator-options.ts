import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { defined } from '@vhive/shared';
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
    stateDir: resolve(flags.stateDir ?? defaultStateDir(env)),
    cacheDir: resolve(flags.cacheDir ?? userDirectory('/var/cache', env.XDG_CACHE_HOME, '.cache', env)),
    httpsPort: flags.httpsPort,
    natsPort: flags.natsPort,
    trustNetworks: flags.trustNetwork ?? [],
    cluster: flags.cluster ?? config.name ?? 'vhive',
    logLevel: flags.logLevel,
    ...defined({ lan, nats: flags.nats, mirror: flags.mirror }),
  };
}

/** The state directory where none is named. */
export function defaultStateDir(env: NodeJS.ProcessEnv): string {
  return userDirectory('/var/lib', env.XDG_STATE_HOME, '.local/state', env);
}

function userDirectory(system: string, xdg: string | undefined, fallback: string, env: NodeJS.ProcessEnv): string {
  if (process.getuid?.() === 0) return join(system, 'vhive-coord');
  return join(xdg || join(env.HOME || homedir(), fallback), 'vhive-coord');
}
