import { type Authenticator, connect, type NatsConnection } from '@nats-io/transport-node';
import { sleep } from '@vhive/base/retry/sleep';
import { messageOf, VhiveError } from '@vhive/shared';
import type { Logger } from 'pino';
import { pauseBeforeRepetition } from './backoff.ts';

/** How long one try to connect may take, in milliseconds. A server that dies in the middle says nothing more. */
const ONE_TRY_MS = 10_000;
/** After this many milliseconds without a connection the start is given up. */
const GIVE_UP_AFTER_MS = 120_000;

/**
 * Connects the coordinator to its nats-server. It is tried again for two minutes, because a server that was killed just
 * after its start comes back by its supervisor. The connection is then made again for ever. Rejects with `unreachable`,
 * or with the signal's reason.
 */
export async function connectNats(options: {
  url: string;
  authenticator: Authenticator;
  caPem: string;
  log: Logger;
  signal?: AbortSignal | undefined;
}): Promise<NatsConnection> {
  const { log, signal } = options;
  const deadline = performance.now() + GIVE_UP_AFTER_MS;
  for (let attempt = 0; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await oneTry(options);
    } catch (cause) {
      signal?.throwIfAborted();
      if (performance.now() > deadline)
        throw new VhiveError({
          code: 'unreachable',
          message: `cannot connect to the NATS server ${options.url}: ${messageOf(cause)}`,
          hint: 'type the same command again; --log-level debug shows what nats-server says',
          cause,
        });
      if (attempt === 1) log.warn(`cannot connect to nats-server, trying again: ${messageOf(cause)}`);
    }
    await pauseBeforeRepetition(attempt, signal);
  }
}

async function oneTry({
  url,
  authenticator,
  caPem,
  signal,
}: Parameters<typeof connectNats>[0]): Promise<NatsConnection> {
  const connecting = connect({
    servers: url,
    name: 'vhive-coord',
    authenticator,
    tls: { ca: caPem },
    timeout: ONE_TRY_MS,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    reconnectJitterTLS: 100,
    // Taking a stack trace for each request, in case it fails, would be a third of what a request costs.
    noAsyncTraces: true,
  });
  const over = new AbortController();
  const late = sleep(ONE_TRY_MS, AbortSignal.any([over.signal, ...(signal ? [signal] : [])])).then(() => {
    throw new Error(`no answer in ${ONE_TRY_MS / 1000} s`);
  });
  try {
    return await Promise.race([connecting, late]);
  } catch (cause) {
    // A connection that comes after all is nobody's.
    connecting.then(
      (nc) => nc.close(),
      () => undefined,
    );
    throw cause;
  } finally {
    over.abort(new Error('connected'));
    late.catch(() => undefined);
  }
}
