import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '@vhive/base/is-alive';
import { isoTime, VhiveError } from '@vhive/shared';
import * as z from 'zod';
import { type CoordinatorOptions, StateDirectoryInUse } from '../assembly/options.ts';
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
  /** Returns whether the coordinator has certainly ended: its process is gone, and no other one runs in its place. */
  isGone(): Promise<boolean>;
}

/**
 * Thrown by work with a coordinator of another process that has ended and does not come back. The work is then done
 * again, with a coordinator that is started for it.
 */
export class CoordinatorGone extends VhiveError {
  constructor(message: string, cause?: unknown) {
    super({ code: 'unreachable', message, hint: 'type the same command again', cause });
  }
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
  /** Tells the person at the terminal what is waited for. */
  say?: (line: string) => void;
}

/** How long a coordinator whose process lives may take to answer, in milliseconds. */
const PATIENCE_MS = 5_000;
/** How long another coordinator that starts or ends on the same directory is waited for, in milliseconds. */
const OTHERS_MS = 150_000;
/** What is waited for is said again after this time, in milliseconds. */
const SAY_AGAIN_MS = 30_000;

/**
 * Does something with the coordinator of a state directory: the running one, or one that is started in this process for
 * as long as `work` takes. A coordinator of another command that is just starting or ending is waited for. Where one may
 * always be started, work with one that has ended meanwhile is done again. Throws
 * `unreachable` where none runs and none may be started, and `usage` where the running one is that of another cluster
 * than the one asked for.
 */
export async function withCoordinator<T>(
  options: ConnectOptions,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { say = () => undefined } = options;
  const { cluster, stateDir } = options.coordinator;
  for (;;) {
    const found = await findOrStart(options);
    try {
      return await withClient(found, async (connection) => {
        if (found.attached && cluster !== undefined) await checkCluster(connection, cluster, stateDir);
        return await work(connection);
      });
    } catch (cause) {
      if (!found.attached || options.start !== 'always' || !(await wentAway(cause, found))) throw cause;
      say('the coordinator, which ran in another process, has ended; this command goes on without it');
    } finally {
      await found.stop();
    }
  }
}

/**
 * Returns whether work failed because the coordinator of another process ended in the middle of it: it said so, or a
 * request was not answered and the process ends within a few seconds.
 */
async function wentAway(cause: unknown, { isGone }: Pick<Connection, 'isGone'>): Promise<boolean> {
  if (cause instanceof CoordinatorGone) return true;
  if (!(cause instanceof VhiveError) || cause.code !== 'unreachable') return false;
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await isGone())) {
    if (Date.now() > deadline) return false;
    await sleep(250);
  }
  return true;
}

/** A coordinator that answers, and how to end it if it was started here. */
interface Found extends Omit<Connection, 'client'> {
  stop(): Promise<void>;
}

async function findOrStart({ coordinator, hooks, start, say }: ConnectOptions): Promise<Found> {
  const { stateDir, signal } = coordinator;
  const deadline = Date.now() + OTHERS_MS;
  let saidAt = 0;
  for (;;) {
    signal?.throwIfAborted();
    const running = await runningEndpoint(stateDir);
    if (running)
      return { endpoint: running, attached: true, isGone: () => hasEnded(stateDir), stop: async () => undefined };
    if (start === 'existing' && !(await hasState(stateDir)))
      throw new VhiveError({
        code: 'unreachable',
        message: `there is no coordinator here: none is running, and ${stateDir} holds the state of none`,
        hint: 'bring up a cluster: vhive-coord up --nodes N; if its state is elsewhere, name it with --state-dir',
      });
    try {
      const { url, stop } = await hooks.startCoordinator(coordinator);
      return { endpoint: await credentials(stateDir, url), attached: false, isGone: async () => false, stop };
    } catch (cause) {
      if (!(cause instanceof StateDirectoryInUse) || Date.now() > deadline) throw cause;
    }
    if (Date.now() - saidAt > SAY_AGAIN_MS) {
      saidAt = Date.now();
      say?.(`another command starts or ends a coordinator on ${stateDir}; waiting for it`);
    }
    await sleep(250);
  }
}

/** Returns whether a coordinator has ever run on this state directory. */
export async function hasState(stateDir: string): Promise<boolean> {
  return (await readIfPresent(join(stateDir, 'operator-token'))) !== undefined;
}

/** Returns where the running coordinator of a state directory answers; undefined when none does. */
export async function runningEndpoint(stateDir: string): Promise<Endpoint | undefined> {
  const known = await knownCoordinator(stateDir);
  if (known === undefined) return undefined;
  const endpoint = await credentials(stateDir, known.url);
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
    } while (isAlive(known.pid) && Date.now() < deadline);
    return undefined;
  } finally {
    client.close();
  }
}

async function knownCoordinator(stateDir: string): Promise<z.output<typeof coordinatorFile> | undefined> {
  const text = await readIfPresent(join(stateDir, 'coordinator.json'));
  return text === undefined ? undefined : coordinatorFile.safeParse(jsonOrUndefined(text)).data;
}

async function hasEnded(stateDir: string): Promise<boolean> {
  const known = await knownCoordinator(stateDir);
  return known === undefined || !isAlive(known.pid);
}

async function withClient<T>(found: Found, work: (connection: Connection) => Promise<T>): Promise<T> {
  const { endpoint, attached, isGone } = found;
  const client = createClient(endpoint);
  try {
    return await work({ client, endpoint, attached, isGone });
  } finally {
    client.close();
  }
}

/** Throws `usage` when the coordinator belongs to another cluster than the one asked for. */
export async function checkCluster(
  { client }: Pick<Connection, 'client'>,
  wanted: string,
  stateDir: string,
): Promise<void> {
  const { cluster } = await client.health({}, { idleLimitMs: 5_000 });
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

function jsonOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
