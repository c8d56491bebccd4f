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

/** A reading of what is stored that hears nothing for so long is begun anew where it was, milliseconds. */
const SILENCE_MS = 10_000;

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
 * Reads messages in order, without gaps and without leaving anything on the server; survives a reconnect and a restart
 * of the server. Ends quietly when the signal aborts, throws when the connection is closed before the end is reached.
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
    // The last ones may have been removed (limits of size and age) since reading began.
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

/** Messages as they come from one consumer. */
interface Reading {
  messages: ConsumerMessages;
  /** The server has forgotten the consumer: there may be more. */
  isLost(): boolean;
  /** A message has come: a reading of what is stored must not be silent for long. */
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
  // The short expiry bounds how long a pull request that a restarted server has forgotten is waited for.
  const messages = await consumer.consume({ max_messages: 500, expires: 5_000 });
  let lost = false;
  // A restarted server has forgotten the consumer. The library (3.4.0) makes another, but asks for no more messages than
  // it had received before: it would stand still after those. So reading begins anew where it was.
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
      await consumer.delete().catch(ignoring('it is gone already, or the server removes it after its idle time'));
    },
  };
}

/** As {@link open}, tried until the server answers; undefined when the connection is closed or the signal aborts. */
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

/** Sequence of the newest message under a subject, or in the whole stream; 0 when there is none. */
async function lastSequence(jsm: JetStreamManager, stream: string, subject: string | undefined): Promise<number> {
  if (subject !== undefined) return (await jsm.streams.getMessage(stream, { last_by_subj: subject }))?.seq ?? 0;
  const { state } = await jsm.streams.info(stream);
  return state.messages === 0 ? 0 : state.last_seq;
}
