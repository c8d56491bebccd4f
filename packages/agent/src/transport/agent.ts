import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { NatsConnection } from '@nats-io/transport-node';
import { ignoring } from '@vhive/base/ignoring';
import { createBackoff } from '@vhive/base/retry/backoff';
import { sleep } from '@vhive/base/retry/sleep';
import { defined, type JoinToken, messageOf, parseJoinToken, VERSION, VhiveError } from '@vhive/shared';
import type { ActionSource } from '../executor/action-table.ts';
import { createExecutor } from '../executor/executor.ts';
import { openJournal } from '../executor/journal.ts';
import { createMemoryJournal } from '../executor/memory-journal.ts';
import { createRecords } from '../executor/records.ts';
import { createRedactor } from '../executor/redactor.ts';
import type { Host } from '../host/host.ts';
import type { AgentStatus } from './agent-status.ts';
import { createDownloads } from './artifacts/downloads.ts';
import { createUploads } from './artifacts/uploads.ts';
import { clearUp, downloadsIn, makeRoom } from './clear-up.ts';
import { CredentialsRefused } from './connection.ts';
import { createCoordinatorLink, usageSubject } from './coordinator-link.ts';
import { fingerprintOf } from './enrolment/certificate-authority.ts';
import { formatCoordinatorAddress, parseCoordinatorAddress } from './enrolment/coordinator-address.ts';
import { type Enrolment, type IdentityStore, jwtAllows, jwtExpiry, openIdentity } from './enrolment/identity.ts';
import { createSecrets } from './enrolment/sealing.ts';
import { type Logger, silentLogger } from './logger.ts';
import { type Outbox, startOutbox } from './outbox.ts';
import { lockStateDirectory, type ProcessLock } from './process-lock.ts';
import { createPublisher } from './publisher.ts';
import { createRejectionCounts } from './rejection-counts.ts';
import { createUsageTeller } from './usage-teller.ts';

/**
 * A stopping agent tries for this many milliseconds to hand over its last results. What it cannot hand over stays in
 * the journal and is sent after the next start.
 */
const HAND_OVER_MS = 1_000;

/** The options of an agent. */
export interface AgentOptions {
  /** The address of the coordinator's HTTPS server, as `host[:port]`. */
  coordinator: string;
  /** The name of the node, which is a DNS label. */
  node: string;
  /** The directory for identity, journal, records and downloads. Only its owner can read what is in it. */
  stateDirectory: string;
  host: Host;
  actions: ActionSource;
  /**
   * The join token. When absent, the agent uses an enrolment that is already stored, or else the node waits for
   * approval.
   */
  token?: string | undefined;
  logger?: Logger;
  /** The store of the identity. By default it is `identity.json` of the state directory, which is then locked. */
  identity?: IdentityStore;
  /**
   * true keeps the journal in memory, so that nothing survives the process (for many agents in one process). The
   * default is false.
   */
  memoryJournal?: boolean;
  /** An attempt that ends within this many milliseconds (by default 20) is answered with its result. */
  replyWithinMs?: number;
  heartbeatIntervalMs?: number;
  /** Called when the last step that was under way has ended. */
  onIdle?: () => void;
  /**
   * Called with each connection to NATS before commands are taken from it, so that measurements can count its traffic.
   */
  onConnection?: ((connection: NatsConnection) => void) | undefined;
}

/** An agent that runs in this process. */
export interface Agent {
  /** Resolves when the coordinator has answered the first heartbeat. */
  registered: Promise<void>;
  /**
   * Resolves after `stop`. Rejects with a {@link VhiveError} when the agent cannot go on, because it was refused or
   * removed or cannot write its journal.
   */
  finished: Promise<void>;
  status(): AgentStatus;
  /**
   * Stops the agent. Running steps get `graceMs` (by default 5 s) to end and are then interrupted. It resolves when
   * everything is stored and closed.
   */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Starts an agent, which enrols if it needs to, connects, and works until it is stopped. Rejects when its state
 * directory cannot be read or is in use by another process.
 */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const logger = options.logger ?? silentLogger;
  const coordinator = parseCoordinatorAddress(options.coordinator);
  const token = options.token === undefined ? undefined : parseJoinToken(options.token);
  if (!options.identity) await makeRoom(options.stateDirectory, logger);
  const lock = options.identity ? undefined : await lockStateDirectory(options.stateDirectory);
  if (lock) await clearUp(options.stateDirectory);
  const identity = options.identity ?? (await openOwnIdentity(options, lock));
  const journal = options.memoryJournal
    ? createMemoryJournal()
    : openJournal(join(options.stateDirectory, 'journal.db'));

  const abort = new AbortController();
  const registered = Promise.withResolvers<void>();
  const startedAt = Date.now();
  const rejections = createRejectionCounts();
  const redactor = createRedactor();
  if (token) redactor.register(token.secret);

  const outbox: Outbox = startOutbox(journal, () => link.session());
  const publisher = createPublisher(() => outbox.wake());
  const executor = createExecutor({
    host: options.host,
    actions: options.actions,
    journal,
    publisher,
    redactor,
    secrets: createSecrets(() => identity.current().sealingSeed),
    downloads: createDownloads(downloadsIn(options.stateDirectory), identity.current),
    uploads: createUploads(identity.current),
    records: createRecords(join(options.stateDirectory, 'records')),
    clockOffsetMs: () => link.clockOffsetMs(),
    ...defined({ replyWithinMs: options.replyWithinMs }),
    onIdle: options.onIdle,
    onJournalFailure: (error) => abort.abort(journalFailure(options.stateDirectory, error)),
  });
  const leave = async (reason: string) => {
    await link.flush();
    await identity.forget().catch((error: unknown) => logger.error(`cannot forget the keys: ${messageOf(error)}`));
    abort.abort(removed(reason));
  };
  const usage = createUsageTeller({
    host: options.host,
    maySend() {
      const { enrolment } = identity.current();
      return enrolment !== undefined && jwtAllows(enrolment.jwt, usageSubject(enrolment));
    },
    send: (data) => link.session()?.send('use', data),
    clockOffsetMs: () => link.clockOffsetMs(),
    logger,
  });
  let isRegistered = false;
  let refusedJwt: string | undefined;
  const link = createCoordinatorLink({
    identity,
    publisher,
    commands: { executor, usage, rejections, logger, leave: (reason) => setImmediate(() => void leave(reason)) },
    heartbeat: {
      bootId: randomUUID(),
      startedAt,
      state: () => ({ attempts: executor.running(), outbox: journal.outboxSize(), rejected: rejections.totals() }),
      facts: () => options.host.facts(),
      registered() {
        isRegistered = true;
        registered.resolve();
      },
      refused: ({ message, hint }) => abort.abort(new VhiveError({ code: 'refused', message, hint })),
      ...defined({ intervalMs: options.heartbeatIntervalMs }),
    },
    outbox: () => outbox,
    onConnection: options.onConnection,
    logger,
  });

  const enrolled = async (): Promise<Enrolment> => {
    const known = usableEnrolment(identity, options.node, formatCoordinatorAddress(coordinator), token);
    if (known && known.jwt !== refusedJwt) return known;
    const { signal } = abort;
    const facts = () => options.host.facts();
    // Most starts need no enrolment, and then the HTTPS client need not be in memory.
    const { enrol } = await import('./enrolment/enrol.ts');
    return enrol({ coordinator, node: options.node, token, identity, facts, logger, signal });
  };

  const work = async () => {
    const backoff = createBackoff({ firstMs: 500, longestMs: 30_000 });
    for (;;) {
      try {
        const enrolment = await enrolled();
        redactor.register(enrolment.artifactToken);
        await link.serve(enrolment, abort.signal);
        backoff.reset();
      } catch (error) {
        if (!(error instanceof CredentialsRefused)) throw error;
        logger.warn('NATS refuses the credentials of this node (expired or revoked); enrolling again');
        refusedJwt = identity.current().enrolment?.jwt;
      }
      await sleep(backoff.nextMs(), abort.signal);
    }
  };

  let stopping: Promise<void> | undefined;
  let ended = false;
  const shutDown = async (graceMs: number) => {
    await executor.stop(graceMs);
    await outbox.drained(HAND_OVER_MS);
    outbox.stop();
    abort.abort(new Stopped());
  };
  const finished = work()
    .catch(async (error: unknown) => {
      // The reason to end the agent counts, and not an error that only follows from ending it.
      const cause: unknown = abort.signal.aborted ? abort.signal.reason : error;
      registered.reject(cause);
      if (cause instanceof Stopped) return;
      await executor.stop(0);
      outbox.stop();
      throw cause;
    })
    .finally(async () => {
      ended = true;
      usage.stop();
      journal.close();
      await lock?.release();
    });
  finished.catch(ignoring('whoever waits for the end hears of it'));
  registered.promise.catch(ignoring('whoever waits for the registration hears of it'));

  return {
    registered: registered.promise,
    finished,
    async stop(graceMs = 5_000) {
      if (!ended) stopping ??= shutDown(graceMs);
      await stopping;
      await finished.catch(ignoring('stop() only waits for the end, whatever it is'));
    },
    status: () => ({
      version: VERSION,
      pid: process.pid,
      node: options.node,
      coordinator: formatCoordinatorAddress(coordinator),
      cluster: identity.current().enrolment?.cluster,
      enrolled: identity.current().enrolment !== undefined,
      connected: link.session()?.connected() ?? false,
      registered: isRegistered,
      attempts: executor.running(),
      outbox: journal.outboxSize(),
      rejected: rejections.totals(),
      clockOffsetMs: link.clockOffsetMs(),
      uptimeSeconds: (Date.now() - startedAt) / 1000,
      simulated: options.host.simulated,
    }),
  };
}

/** Opens the identity of this host. When it cannot be had, the state directory is let go of. */
async function openOwnIdentity(
  { stateDirectory, host }: Pick<AgentOptions, 'stateDirectory' | 'host'>,
  lock: ProcessLock | undefined,
): Promise<IdentityStore> {
  try {
    return await openIdentity(stateDirectory, (await host.facts()).machineId);
  } catch (error) {
    await lock?.release();
    throw error;
  }
}

/** The reason of an abort that was asked for by `stop`. */
class Stopped extends Error {}

/**
 * Returns the stored enrolment if it still fits: it is for the same node, the same coordinator and the CA of the join
 * token, and it has not expired.
 */
function usableEnrolment(
  identity: IdentityStore,
  node: string,
  coordinator: string,
  token: JoinToken | undefined,
): Enrolment | undefined {
  const { ca, enrolment } = identity.current();
  if (!enrolment || ca === undefined) return undefined;
  if (enrolment.node !== node || enrolment.coordinator !== coordinator) return undefined;
  if (token && fingerprintOf(ca) !== token.caFingerprint) return undefined;
  return jwtExpiry(enrolment.jwt) > Date.now() ? enrolment : undefined;
}

function journalFailure(directory: string, error: unknown): VhiveError {
  return new VhiveError({
    code: 'internal',
    message: `the agent cannot write its journal in ${directory}: ${messageOf(error)}`,
    hint: 'check that the file system is writable and has free space (df)',
    cause: error,
  });
}

function removed(reason: string): VhiveError {
  return new VhiveError({
    code: 'refused',
    message: `this node was removed from the cluster: ${reason}`,
    hint: 'to let it in again, start the agent with a new join token',
  });
}
