import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import type { Command } from 'commander';
import type { CoordinatorOptions } from '../hooks.ts';
import { option } from './environment.ts';
import { list, wholeNumber } from './parsers.ts';

/** Values of the options that say which coordinator, as commander hands them over. */
export interface CoordinatorFlags {
  stateDir?: string;
  cacheDir?: string;
  httpsPort: number;
  natsPort: number;
  nats?: string;
  mirror?: string;
  cluster?: string;
  lan?: string;
  trustNetwork?: string[];
  logLevel: string;
}

const HTTPS_PORT = 7443;
const NATS_PORT = 7422;

/** Options of every command that talks to a coordinator: it attaches to the running one or starts one for its own time. */
export function addCoordinatorOptions(command: Command): Command {
  return command
    .optionsGroup('Coordinator (used when one has to be started):')
    .addOption(
      option(
        '--state-dir <dir>',
        'keys, tokens and event store; default: /var/lib/vhive-coord for root, else ~/.local/state/vhive-coord',
      ),
    )
    .addOption(
      option(
        '--cache-dir <dir>',
        'what can be fetched again; default: /var/cache/vhive-coord for root, else ~/.cache/vhive-coord',
      ),
    )
    .addOption(option('--cluster <name>', 'name of the cluster; default: that of the cluster file, else vhive'))
    .addOption(
      option('--https-port <port>', 'port for agents, operators and artifacts')
        .argParser(wholeNumber(1, 65_535))
        .default(HTTPS_PORT),
    )
    .addOption(
      option('--nats-port <port>', 'port of its nats-server').argParser(wholeNumber(1, 65_535)).default(NATS_PORT),
    )
    .addOption(option('--nats <url>', 'use this NATS server (tls://host:port) instead of a supervised one'))
    .addOption(option('--mirror <dir|url>', 'take everything from this mirror tree instead of the internet'))
    .addOption(option('--lan <cidr|interface>', 'network for all cluster traffic; default: guessed, and said'))
    .addOption(
      option('--trust-network <cidr>', 'let agents from this range in without a token; repeatable').argParser(list),
    )
    .addOption(
      option('--log-level <level>', "of the coordinator's own log")
        .choices(['fatal', 'error', 'warn', 'info', 'debug', 'trace'])
        .default('warn'),
    );
}

/** The coordinator's options from the flags. `config`: what the cluster file says; flags win. */
export function coordinatorOptions(
  flags: CoordinatorFlags,
  config: { name?: string; lan?: string | undefined } = {},
  env: NodeJS.ProcessEnv = process.env,
): CoordinatorOptions {
  const lan = flags.lan ?? config.lan;
  return {
    stateDir: stateDirOf(flags, env),
    cacheDir: resolve(flags.cacheDir ?? userDirectory('/var/cache', env.XDG_CACHE_HOME, '.cache', env)),
    httpsPort: flags.httpsPort,
    natsPort: flags.natsPort,
    trustNetworks: flags.trustNetwork ?? [],
    cluster: flags.cluster ?? config.name ?? 'vhive',
    logLevel: flags.logLevel,
    ...(lan === undefined ? {} : { lan }),
    ...(flags.nats === undefined ? {} : { nats: flags.nats }),
    ...(flags.mirror === undefined ? {} : { mirror: mirrorOf(flags.mirror) }),
  };
}

/** The state directory, absolute. */
export function stateDirOf(flags: { stateDir?: string }, env: NodeJS.ProcessEnv = process.env): string {
  return resolve(flags.stateDir ?? userDirectory('/var/lib', env.XDG_STATE_HOME, '.local/state', env));
}

/** A mirror as the coordinator needs it: a URL as it is, a directory absolute. */
export function mirrorOf(mirror: string): string {
  return /^https?:\/\//.test(mirror) || isAbsolute(mirror) ? mirror : resolve(mirror);
}

function userDirectory(system: string, xdg: string | undefined, fallback: string, env: NodeJS.ProcessEnv): string {
  if (process.getuid?.() === 0) return join(system, 'vhive-coord');
  return join(xdg || join(env.HOME || homedir(), fallback), 'vhive-coord');
}
