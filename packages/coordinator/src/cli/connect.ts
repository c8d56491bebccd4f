import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isoTime, VhiveError } from '@vhive/shared';
import * as z from 'zod';
import type { CoordinatorOptions } from '../assembly/options.ts';
import { type ApiClient, createClient, type Endpoint } from './client/client.ts';
import type { CliHooks } from './hooks.ts';

/** The content of `<stateDir>/coordinator.json`, which a running coordinator writes with mode 0600. */
const coordinatorFile = z.object({ url: z.url(), pid: z.number().int().positive(), startedAt: isoTime });

/** A coordinator that answers. */
export interface Connection {
  client: ApiClient;
  endpoint: Endpoint;
  /** true: the coordinator was running before. false: it runs in this process and ends with the command. */
  attached: boolean;
}

/** Says which coordinator is wanted, and whether one may be started where none answers. */
export interface ConnectOptions {
  coordinator: CoordinatorOptions;
  hooks: Pick<CliHooks, 'startCoordinator'>;
  /**
   * always: a state directory is made where there is none. existing: a coordinator is started only on a state directory
   * that exists.
   */
  start: 'always' | 'existing';
}

/** How long a coordinator whose process lives may take to answer, in milliseconds. */
const PATIENCE_MS = 5_000;

/**
 * Does something with the coordinator of a state directory: the running one, or one that is started in this process for
 * as long as `work` takes. Throws `unreachable` where none runs and none may be started.
 */
export async function withCoordinator<T>(
  options: ConnectOptions,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { stateDir } = options.coordinator;
  const running = await runningEndpoint(stateDir);
  if (running) return await withClient(running, true, work);
  if (options.start === 'existing' && !(await hasState(stateDir)))
    throw new VhiveError({
      code: 'unreachable',
      message: `there is no coordinator here: none is running, and ${stateDir} holds the state of none`,
      hint: 'bring up a cluster: vhive-coord up --nodes N; if its state is elsewhere, name it with --state-dir',
    });
  const started = await options.hooks.startCoordinator(options.coordinator);
  try {
    return await withClient(await credentials(stateDir, started.url), false, work);
  } finally {
    await started.stop();
  }
}

/** Returns whether a coordinator has ever run on this state directory. */
export async function hasState(stateDir: string): Promise<boolean> {
  return (await readIfPresent(join(stateDir, 'operator-token'))) !== undefined;
}

/** Returns where the running coordinator of a state directory answers; undefined when none does. */
export async function runningEndpoint(stateDir: string): Promise<Endpoint | undefined> {
  const text = await readIfPresent(join(stateDir, 'coordinator.json'));
  if (text === undefined) return undefined;
  const parsed = coordinatorFile.safeParse(jsonOrUndefined(text));
  if (!parsed.success) return undefined;
  const endpoint = await credentials(stateDir, parsed.data.url);
  const client = createClient(endpoint);
  const deadline = Date.now() + PATIENCE_MS;
  try {
    do {
      const found = await client.health({}, { idleLimitMs: 2_000 }).then(
        () => true,
        () => false,
      );
      if (found) return endpoint;
      await sleep(250);
      // After a kill or a reboot the file names a process that no longer exists. There is no need to wait for it.
    } while (isAlive(parsed.data.pid) && Date.now() < deadline);
    return undefined;
  } finally {
    client.close();
  }
}

async function withClient<T>(
  endpoint: Endpoint,
  attached: boolean,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const client = createClient(endpoint);
  try {
    return await work({ client, endpoint, attached });
  } finally {
    client.close();
  }
}

/** Throws `usage` when the coordinator belongs to another cluster than the one asked for. */
export async function checkCluster(connection: Connection, wanted: string, stateDir: string): Promise<void> {
  const { cluster } = await connection.client.health({}, { idleLimitMs: 5_000 });
  if (cluster === wanted) return;
  throw new VhiveError({
    code: 'usage',
    message: `the coordinator of ${stateDir} is that of cluster "${cluster}", but "${wanted}" is asked for`,
    hint: `set name: ${cluster} in the cluster file, or give this cluster its own --state-dir and ports`,
  });
}

async function credentials(stateDir: string, url: string): Promise<Endpoint> {
  const [token, ca] = await Promise.all(
    ['operator-token', 'ca.pem'].map((name) => readIfPresent(join(stateDir, name))),
  );
  if (token === undefined || ca === undefined)
    throw new VhiveError({
      code: 'internal',
      message: `${stateDir} lacks ${token === undefined ? 'operator-token' : 'ca.pem'}, which a coordinator writes when it starts`,
      hint: 'restart the coordinator: systemctl restart vhive-coord',
    });
  return { url, token: token.trim(), ca };
}

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === 'EACCES')
      throw new VhiveError({
        code: 'usage',
        message: `cannot read ${file}: it belongs to another user`,
        hint: 'run as root (sudo vhive-coord ...), or name your own state directory with --state-dir',
        cause,
      });
    throw cause;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
