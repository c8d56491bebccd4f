import { DeliverPolicy, type JetStreamClient, type JetStreamManager, type JsMsg } from '@nats-io/jetstream';
import { VhiveError } from '@vhive/shared';

/** Which stored messages of a stream to read. */
export interface StoredQuery {
  /** Only this subject; absent: the whole stream. */
  subject?: string | undefined;
  /** Only messages stored at this time or later. */
  since?: Date | undefined;
  /** false: ends with the last message stored when reading began; true: goes on with new ones until the signal aborts. */
  follow: boolean;
  signal?: AbortSignal | undefined;
}

/**
 * Reads messages in order, without gaps and without leaving anything on the server; survives a reconnect. Ends quietly
 * when the signal aborts, throws when the connection is closed before the end is reached.
 */
export async function* storedMessages(
  js: JetStreamClient,
  stream: string,
  { subject, since, follow, signal }: StoredQuery,
): AsyncGenerator<JsMsg, void, undefined> {
  if (signal?.aborted) return;
  const end = follow ? Number.POSITIVE_INFINITY : await lastSequence(await js.jetstreamManager(false), stream, subject);
  if (end === 0) return;
  const consumer = await js.consumers.get(stream, {
    ...(subject === undefined ? {} : { filter_subjects: subject }),
    ...(since === undefined
      ? { deliver_policy: DeliverPolicy.All }
      : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: since.toISOString() }),
  });
  if (!follow && since !== undefined && (await consumer.info(true)).num_pending === 0) return;
  const messages = await consumer.consume({ max_messages: 500 });
  const stop = () => messages.stop();
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  try {
    for await (const message of messages) {
      yield message;
      // Nothing pending: the last ones may have been removed (limits of size and age) since reading began.
      if (!follow && (message.seq >= end || message.info.pending === 0)) return;
    }
  } finally {
    signal?.removeEventListener('abort', stop);
    await messages.close();
    await consumer.delete().catch(() => undefined); // gone already, or removed by the server after its idle time
  }
  if (!signal?.aborted)
    throw new VhiveError({
      code: 'unreachable',
      message: `reading of the stream ${stream} ended early: the connection to NATS was closed`,
    });
}

/** Sequence of the newest message under a subject, or in the whole stream; 0 when there is none. */
async function lastSequence(jsm: JetStreamManager, stream: string, subject: string | undefined): Promise<number> {
  if (subject !== undefined) return (await jsm.streams.getMessage(stream, { last_by_subj: subject }))?.seq ?? 0;
  const { state } = await jsm.streams.info(stream);
  return state.messages === 0 ? 0 : state.last_seq;
}
