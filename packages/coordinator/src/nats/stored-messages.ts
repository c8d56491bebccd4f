import {
  type ConsumerMessages,
  DeliverPolicy,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
} from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import { ignoring } from '@vhive/base/ignoring';
import { defined, VhiveError } from '@vhive/shared';
import { pauseBeforeRepetition } from './backoff.ts';

/**
 * When a reading of stored messages hears nothing for this long, in milliseconds, it is begun again at the point it had
 * reached.
 */
const SILENCE_MS = 10_000;

/** Tells which stored messages of a stream to read. */
export interface StoredQuery {
  /** Only messages under this subject; without it, those of the whole stream. */
  subject?: string | undefined;
  /** Only messages that were stored at this time or later. */
  since?: Date | undefined;
  /**
   * false: the reading ends with the last message that was stored when it began. true: it goes on with new messages
   * until the signal aborts.
   */
  follow: boolean;
  signal?: AbortSignal | undefined;
}

/**
 * Reads messages in order, without gaps and without leaving anything on the server. It survives a reconnect and a
 * restart of the server. It ends quietly when the signal aborts, and throws when the connection is closed before the
 * end is reached.
 */
export async function* storedMessages(
  js: JetStreamClient,
  stream: string,
  query: StoredQuery,
): AsyncGenerator<JsMsg, void, undefined> {
  const { subject, follow, signal } = query;
  if (signal?.aborted) return;
  const end = follow ? Number.POSITIVE_INFINITY : await lastSequence(await js.jetstreamManager(false), stream, subject);
  if (end === 0) return;
  let last = 0;
  let reading: Reading | 'nothing' | undefined = await open(js, stream, query, last);
  while (reading) {
    // Since the reading began, the limits of size and age may have removed the last messages, so the sequence at which
    // the reading should end may not exist any more.
    if (reading === 'nothing') return;
    const { messages } = reading;
    const stop = () => messages.stop();
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    try {
      for await (const message of messages) {
        last = message.seq;
        reading.heard();
        yield message;
        if (!follow && (message.seq >= end || message.info.pending === 0)) return;
      }
    } finally {
      signal?.removeEventListener('abort', stop);
      await reading.close();
    }
    reading = reading.isLost() ? await openAgain(js, stream, query, last) : undefined;
  }
  if (!signal?.aborted)
    throw new VhiveError({
      code: 'unreachable',
      message: `reading of the stream ${stream} ended early: the connection to NATS was closed`,
    });
}

/** The messages as they come from one consumer. */
interface Reading {
  messages: ConsumerMessages;
  /** Returns whether the server has forgotten the consumer. Then there may be more messages. */
  isLost(): boolean;
  /** Notes that a message has come, because a reading of what is stored must not be silent for long. */
  heard(): void;
  close(): Promise<void>;
}

/** Begins to read after sequence `last`. */
async function open(
  js: JetStreamClient,
  stream: string,
  { subject, since, follow }: StoredQuery,
  last: number,
): Promise<Reading | 'nothing'> {
  const consumer = await js.consumers.get(stream, {
    ...defined({ filter_subjects: subject }),
    ...(last > 0
      ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: last + 1 }
      : since === undefined
        ? { deliver_policy: DeliverPolicy.All }
        : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: since.toISOString() }),
  });
  if (!follow && (await consumer.info(true)).num_pending === 0) return 'nothing';
  // A restarted server forgets pull requests. The short expiry bounds how long such a request is waited for.
  const messages = await consumer.consume({ max_messages: 500, expires: 5_000 });
  let lost = false;
  // A restarted server has forgotten the consumer. The library (3.4.0) makes another one, but asks for no more messages
  // than it had received before, so it would stand still after those. Therefore the reading is begun again at the point
  // it had reached.
  void (async () => {
    for await (const { type } of messages.status()) {
      if (type !== 'reset') continue;
      lost = true;
      messages.stop();
    }
  })();
  let silence: NodeJS.Timeout | undefined;
  const heard = () => {
    clearTimeout(silence);
    if (follow) return;
    silence = setTimeout(() => {
      lost = true;
      messages.stop();
    }, SILENCE_MS);
  };
  heard();
  return {
    messages,
    isLost: () => lost,
    heard,
    async close() {
      clearTimeout(silence);
      await messages.close();
      await consumer
        .delete()
        .catch(ignoring('the consumer is gone already, or the server removes it after its idle time'));
    },
  };
}

/**
 * Does the same as {@link open}, again and again until the server answers. The result is undefined when the connection
 * is closed or the signal aborts.
 */
async function openAgain(
  js: JetStreamClient,
  stream: string,
  query: StoredQuery,
  last: number,
): Promise<Reading | 'nothing' | undefined> {
  for (let attempt = 0; !query.signal?.aborted; attempt += 1) {
    try {
      return await open(js, stream, query, last);
    } catch (error) {
      if (error instanceof errors.ClosedConnectionError || error instanceof errors.DrainingConnectionError)
        return undefined;
      await pauseBeforeRepetition(attempt, query.signal);
    }
  }
  return undefined;
}

/** Returns the sequence of the newest message under a subject, or in the whole stream; 0 when there is none. */
async function lastSequence(jsm: JetStreamManager, stream: string, subject: string | undefined): Promise<number> {
  if (subject !== undefined) return (await jsm.streams.getMessage(stream, { last_by_subj: subject }))?.seq ?? 0;
  const { state } = await jsm.streams.info(stream);
  return state.messages === 0 ? 0 : state.last_seq;
}
