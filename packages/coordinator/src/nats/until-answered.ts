import { JetStreamApiError } from '@nats-io/jetstream';
import { errors, type NatsConnection } from '@nats-io/transport-node';
import { messageOf, VhiveError } from '@vhive/shared';
import type { Logger } from 'pino';
import { pauseBeforeRepetition } from './backoff.ts';
import { unlessReconnected } from './reconnection.ts';

/** How long work that needs NATS is tried again before it is given up, in milliseconds. */
const GIVE_UP_AFTER_MS = 120_000;
/** One try may take this long, in milliseconds: reading long runs takes its time, and single requests end by themselves. */
const ONE_TRY_MS = 60_000;

/** How work is tried again. */
export interface Persistence {
  /** What is done, as messages show it: "the streams of the cluster". */
  what: string;
  log: Logger;
  signal?: AbortSignal | undefined;
}

/**
 * Does work that asks something of NATS, and does it again when the server died, was slow or was started again
 * meanwhile. The work must be safe to repeat. Rejects with the work's own error when the server refuses, with the
 * signal's reason, and with `unreachable` when the server has not answered for two minutes.
 */
export async function untilAnswered<T>(
  nc: NatsConnection,
  work: () => Promise<T>,
  { what, log, signal }: Persistence,
): Promise<T> {
  const deadline = performance.now() + GIVE_UP_AFTER_MS;
  for (let attempt = 0; ; attempt += 1) {
    signal?.throwIfAborted();
    const patience = AbortSignal.timeout(ONE_TRY_MS);
    try {
      return await unlessReconnected(nc, work(), signal ? AbortSignal.any([signal, patience]) : patience);
    } catch (cause) {
      signal?.throwIfAborted();
      if (!isPassing(cause)) throw cause;
      if (performance.now() > deadline)
        throw new VhiveError({
          code: 'unreachable',
          message: `${what}: nats-server has not answered for ${GIVE_UP_AFTER_MS / 1000} s: ${messageOf(cause)}`,
          hint: 'is its disk full, or is it stopped? then type the same command again',
          cause,
        });
      if (attempt === 1) log.warn(`${what}: nats-server does not answer, trying again: ${messageOf(cause)}`);
    }
    await pauseBeforeRepetition(attempt, signal);
  }
}

/** Whether an error may be over in a moment: all but refusals, and connections that were closed for good. */
function isPassing(cause: unknown): boolean {
  if (cause instanceof VhiveError) return cause.code === 'unreachable';
  if (cause instanceof JetStreamApiError) return cause.status === 503;
  return !(cause instanceof errors.ClosedConnectionError || cause instanceof errors.DrainingConnectionError);
}
