import { JetStreamApiCodes, JetStreamApiError, type JetStreamClient } from '@nats-io/jetstream';
import { errors, type MsgHdrs, type NatsConnection } from '@nats-io/transport-node';
import { messageOf, VhiveError } from '@vhive/shared';
import type { Logger } from 'pino';
import { isTold, pauseBeforeRepetition } from './backoff.ts';
import { unlessReconnected } from './reconnection.ts';

/** How long one try waits for the server's acknowledgement, in milliseconds. */
const ACK_TIMEOUT_MS = 5_000;

/** What a write needs besides its message. */
export interface PublishContext {
  nc: NatsConnection;
  stream: string;
  /** The name of what is written, as messages show it: "run run-1". */
  what: string;
  log: Logger;
  signal: AbortSignal | undefined;
}

/**
 * Publishes a message if `expected` is the stream sequence of the last message under its subject (0 if there is none),
 * and resolves with the new message's own sequence. It is tried again while the server does not answer. The message id
 * and a look at the last message tell whether an earlier try was stored after all.
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
      log[isTold(attempt) ? 'warn' : 'debug'](`${what}: not stored yet, trying again: ${messageOf(error)}`);
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

/**
 * Returns whether trying again can help. That is so for every error except a refusal by the server (but 503 means
 * "unavailable now") and a connection that is closed for good.
 */
function isTransient(error: unknown): boolean {
  if (error instanceof JetStreamApiError) return error.status === 503;
  return !(error instanceof errors.ClosedConnectionError || error instanceof errors.DrainingConnectionError);
}

/** Returns the message id and the sequence of the last message, or `unknown` while the server does not answer. */
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
