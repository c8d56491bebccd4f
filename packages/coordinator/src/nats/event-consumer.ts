import { AckPolicy, type JsMsg, jetstream } from '@nats-io/jetstream';
import { type NatsConnection, nanos } from '@nats-io/transport-node';
import { type AgentEvent, agentEvent, agentSubject, decode, nodeName, nodeOfSubject, streamNames } from '@vhive/shared';
import type { Logger } from 'pino';
import { pauseBeforeRepetition } from './backoff.ts';
import type { Rejections } from './rejections.ts';

/** The name of the durable consumer. There is one per cluster, whichever coordinator leads. */
export const CONSUMER = 'coordinator';

/** An event that was not acknowledged is delivered again after this time, in milliseconds. */
const ACK_WAIT_MS = 30_000;
/**
 * The largest number of events that the handler has and that are not yet acknowledged. It is the size of the largest
 * group commit.
 */
const MAX_PENDING = 2_000;
/** A handler that failed gets the event again after this time, in milliseconds. */
const RETRY_MS = 1_000;

/** Called with an event and the node it comes from. An event may come more than once. */
export type EventHandler = (node: string, event: AgentEvent) => Promise<void>;

/** A consumer that is taking events. */
export interface EventConsumer {
  /** Takes no more events. Resolves when the handler has finished those it was given. */
  stop(): Promise<void>;
}

/**
 * Gives the durable events of all agents to the handler, in the order in which they were stored. It does not wait for
 * one event before it gives the next, so that the handler's writes form group commits. Each event is removed once its
 * handler has succeeded.
 */
export async function consumeEvents(
  nc: NatsConnection,
  cluster: string,
  handler: EventHandler,
  { rejections, log }: { rejections: Rejections; log: Logger },
): Promise<EventConsumer> {
  const stream = streamNames(cluster).events;
  const js = jetstream(nc);
  /**
   * The events that the handler has, by stream sequence. An event that was delivered again is acknowledged by its
   * newest delivery.
   */
  const inHand = new Map<number, { message: JsMsg; done: Promise<void> }>();
  const stopping = new AbortController();
  let current = await open();

  async function open() {
    const jsm = await js.jetstreamManager(false);
    await jsm.consumers.add(stream, {
      durable_name: CONSUMER,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ACK_WAIT_MS),
      max_deliver: -1,
      max_ack_pending: MAX_PENDING,
      filter_subject: agentSubject(cluster, '*', 'evt'),
    });
    const consumer = await js.consumers.get(stream, CONSUMER);
    // A restarted server forgets pull requests. The short expiry bounds how long such a request is waited for.
    const messages = await consumer.consume({ max_messages: MAX_PENDING, expires: 5_000 });
    void watchForLoss(messages);
    return messages;
  }

  /**
   * Ends the loop, which then makes the consumer anew, when the consumer or its stream has gone: somebody deleted it,
   * or a server lost its disk.
   */
  async function watchForLoss(messages: Awaited<ReturnType<typeof open>>): Promise<void> {
    for await (const { type } of messages.status())
      if (type === 'consumer_not_found' || type === 'consumer_deleted' || type === 'stream_not_found') {
        log.warn({ stream, type }, 'the consumer of agent events is gone, making it anew');
        messages.stop();
      }
  }

  async function deliver(node: string, event: AgentEvent, seq: number): Promise<void> {
    try {
      await handler(node, event);
      inHand.get(seq)?.message.ack();
    } catch (error) {
      log.warn({ err: error, node }, 'an agent event could not be processed, it will be tried again');
      inHand.get(seq)?.message.nak(RETRY_MS);
    } finally {
      inHand.delete(seq);
    }
  }

  function take(message: JsMsg): void {
    const again = inHand.get(message.seq);
    if (again) {
      again.message = message;
      return;
    }
    const sender = nodeName.safeParse(nodeOfSubject(cluster, message.subject));
    const decoded = decode(agentEvent, message.data);
    if (!sender.success || !decoded.ok) {
      const { reason, detail } = decoded.ok ? { reason: 'invalid' as const, detail: message.subject } : decoded;
      rejections.count(sender.data ?? '(unknown)', 'evt', reason, detail);
      message.ack();
      return;
    }
    const entry = { message, done: Promise.resolve() };
    inHand.set(message.seq, entry);
    entry.done = deliver(sender.data, decoded.envelope.body, message.seq);
  }

  async function run(): Promise<void> {
    for (let attempt = 0; !stopping.signal.aborted; attempt += 1) {
      try {
        for await (const message of current) {
          attempt = 0;
          take(message);
        }
      } catch (error) {
        log.warn({ err: error }, 'reading of agent events broke off');
      }
      if (stopping.signal.aborted || nc.isClosed()) return;
      await pauseBeforeRepetition(attempt, stopping.signal);
      if (stopping.signal.aborted) return;
      try {
        current = await open();
      } catch (error) {
        log.warn({ err: error }, 'the consumer of agent events cannot be opened, trying again');
      }
    }
  }

  const running = run();
  return {
    async stop() {
      stopping.abort();
      await current.close();
      await running;
      await Promise.all([...inHand.values()].map(({ done }) => done));
    },
  };
}
