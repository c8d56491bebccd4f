import { JetStreamApiCodes, JetStreamApiError, type JetStreamClient } from '@nats-io/jetstream';
import { errors, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { messageOf, VhiveError } from '@vhive/shared';
import type { Logger } from 'pino';
import { pauseBeforeRepetition } from './backoff.ts';
import { unlessReconnected } from './reconnection.ts';

/** How long one try waits for the server's acknowledgement, milliseconds. */
const ACK_TIMEOUT_MS = 5_000;

/** What surrounds a write. */
export interface PublishContext {
  nc: NatsConnection;
  stream: string;
  /** For messages: "run run-1". */
  what: string;
  log: Logger;
  signal: AbortSignal | undefined;
}

/**
 * Publishes a message provided that `expected` is the stream sequence of the last one under its subject (0: none), and
 * resolves with its own. Tried again while the server does not answer; the message id and a look at the last message
 * tell whether an earlier try was stored after all.
 */
export async function publishExpecting(
  js: JetStreamClient,
  subject: string,
  message: { data: Uint8Array; headers: MsgHdrs; id: string },
  expected: number,
  { nc, stream, what, log, signal }: PublishContext,
): Promise<number> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      const publishing = js.publish(subject, message.data, {
        msgID: message.id,
        headers: message.headers,
        timeout: ACK_TIMEOUT_MS,
        expect: { lastSubjectSequence: expected },
      });
      return (await unlessReconnected(nc, publishing, signal)).seq;
    } catch (error) {
      if (isWrongSequence(error)) {
        const last = attempt > 0 ? await lastMessage(js, stream, subject) : undefined;
        if (last !== 'unknown') {
          if (last?.id === message.id) return last.seq;
          throw conflict(what, error);
        }
      } else if (!isTransient(error) || signal?.aborted) throw unwritable(what, error);
      log[attempt === 0 ? 'debug' : 'warn']({ err: error, attempt }, `${what}: not stored yet, trying again`);
      await pauseBeforeRepetition(attempt, signal);
      if (signal?.aborted) throw unwritable(what, signal.reason);
    }
  }
}

function isWrongSequence(error: unknown): boolean {
  return (
    error instanceof JetStreamApiError &&
    (error.code === JetStreamApiCodes.StreamWrongLastSequence ||
      error.code === JetStreamApiCodes.StreamWrongLastSequenceUnknown)
  );
}

/** Everything but a refusal by the server (except "unavailable now", 503) and a connection that is closed for good. */
function isTransient(error: unknown): boolean {
  if (error instanceof JetStreamApiError) return error.status === 503;
  return !(error instanceof errors.ClosedConnectionError || error instanceof errors.DrainingConnectionError);
}

/** The message id and sequence of the last message; `unknown` while the server does not say. */
async function lastMessage(js: JetStreamClient, stream: string, subject: string) {
  try {
    const jsm = await js.jetstreamManager(false);
    const last = await jsm.streams.getMessage(stream, { last_by_subj: subject });
    return { id: last?.header.get('Nats-Msg-Id'), seq: last?.seq ?? 0 };
  } catch {
    return 'unknown';
  }
}

function conflict(what: string, cause: unknown): VhiveError {
  return new VhiveError({
    code: 'refused',
    message: `${what} has been written to by another coordinator: this one no longer leads`,
    hint: 'see who leads: vhive-coord status',
    cause,
  });
}

function unwritable(what: string, cause: unknown): VhiveError {
  return new VhiveError({
    code: cause instanceof JetStreamApiError ? 'internal' : 'unreachable',
    message: `${what} cannot be stored in NATS: ${messageOf(cause)}`,
    hint: cause instanceof JetStreamApiError ? 'is the disk of the NATS server full? vhive-coord doctor' : undefined,
    cause,
  });
}
