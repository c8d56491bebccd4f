import type { Msg, NatsConnection } from '@nats-io/transport-node';
import {
  type AgentChannel,
  agentInboxPrefix,
  agentSubject,
  decode,
  encode,
  MAX_MESSAGE_BYTES,
  nodeName,
  nodeOfSubject,
} from '@vhive/shared';
import type { Logger } from 'pino';
import type * as z from 'zod';
import { type Rate, RateLimit } from './rate-limit.ts';
import type { Rejections } from './rejections.ts';

/** The channels on which agents speak. */
export type SpokenChannel = Exclude<AgentChannel, 'cmd'>;

interface ChannelLimits {
  /** The largest message, in bytes. */
  maxBytes: number;
  rate: Rate;
  /** What a message takes of the rate; by default 1. */
  cost?(bytes: number): number;
  /** Whether the sender waits for an answer, and so must name where it goes. */
  isAnswered: boolean;
}

const MIB = 1024 * 1024;

/** What an agent may say. It is several times what agents say at their busiest. */
const channelLimits: Record<SpokenChannel, ChannelLimits> = {
  hb: { maxBytes: MIB / 4, rate: { perSecond: 4, burst: 40 }, isAnswered: true },
  evt: { maxBytes: MAX_MESSAGE_BYTES, rate: { perSecond: 200, burst: 2_000 }, isAnswered: true },
  log: {
    maxBytes: MAX_MESSAGE_BYTES,
    rate: { perSecond: 4 * MIB, burst: 32 * MIB },
    cost: (bytes) => Math.max(bytes, 4096),
    isAnswered: true,
  },
  prg: { maxBytes: 16 * 1024, rate: { perSecond: 100, burst: 1_000 }, isAnswered: false },
  use: { maxBytes: 128 * 1024, rate: { perSecond: 2, burst: 20 }, isAnswered: false },
};

/** So many messages of one agent and channel are worked on at once. The agent sends the others again. */
const MOST_IN_HAND = 128;

/** How messages of one channel are understood and answered. */
export interface ChannelHandler<S extends z.ZodType> {
  channel: SpokenChannel;
  schema: S;
  /**
   * Takes a message in, and returns the answer if there is one. A message whose handler fails is not answered, so that
   * the agent sends it again.
   */
  handle(node: string, body: z.output<S>, id: string): Promise<object | undefined> | undefined;
  /** The answer to a message that cannot be read; by default there is none. */
  unreadable?: object;
  /** The answers are worth nothing after this time, in milliseconds; by default they always are. */
  answerTtlMs?: number;
}

/** The parts that all channels share. */
export interface ChannelParts {
  nc: NatsConnection;
  cluster: string;
  rejections: Rejections;
  log: Logger;
}

/** A channel that is being heard. */
export interface HeardChannel {
  /** Hears no more messages. Resolves when the handler has finished those it was given. */
  stop(): Promise<void>;
}

/** That messages cannot be handled is said again after this time, in milliseconds. */
const TELL_EVERY_MS = 60_000;

/**
 * Hears what agents say on a channel. Who speaks is taken from the subject, which the NATS server guards, and never
 * from the message. Rate, size and depth are looked at before a message is parsed. What cannot be used is counted under
 * the sender's name, said in one log line, and dropped. Answers go to the inbox of the sender only.
 */
export function hearChannel<S extends z.ZodType>(
  { nc, cluster, rejections, log }: ChannelParts,
  { channel, schema, handle, unreadable, answerTtlMs }: ChannelHandler<S>,
): HeardChannel {
  const { maxBytes, rate, cost, isAnswered } = channelLimits[channel];
  const limit = new RateLimit(rate);
  const inHand = new Map<string, Set<Promise<void>>>();
  let toldAt = Number.NEGATIVE_INFINITY;

  function answer(message: Msg, body: object | undefined): void {
    if (body === undefined || message.reply === undefined) return;
    nc.publish(message.reply, encode(body, answerTtlMs === undefined ? {} : { ttlMs: answerTtlMs }));
  }

  function take(message: Msg): void {
    const sender = nodeName.safeParse(nodeOfSubject(cluster, message.subject));
    if (!sender.success) return rejections.count('(unknown)', channel, 'invalid', message.subject);
    const node = sender.data;
    const bytes = message.data.byteLength;
    if (!limit.take(node, cost?.(bytes)) || (inHand.get(node)?.size ?? 0) >= MOST_IN_HAND)
      return rejections.count(node, channel, 'too-often', 'it comes faster than agents speak');
    if (isAnswered && !isOwnInbox(cluster, node, message.reply))
      return rejections.count(node, channel, 'foreign', `its answer is to go to ${message.reply?.slice(0, 100)}`);
    const decoded = decode(schema, message.data, { maxBytes });
    if (!decoded.ok) {
      rejections.count(node, channel, decoded.reason, decoded.detail);
      return answer(message, unreadable);
    }
    const { body, id } = decoded.envelope;
    const work = (async () => {
      try {
        answer(message, await handle(node, body, id));
      } catch (cause) {
        // While the event store is away this happens to every message, and the agent sends each of them again.
        const isNews = performance.now() - toldAt > TELL_EVERY_MS;
        if (isNews) toldAt = performance.now();
        log[isNews ? 'warn' : 'debug']({ err: cause, node, channel }, 'a message of an agent could not be handled');
      }
    })();
    hold(node, work);
  }

  function hold(node: string, work: Promise<void>): void {
    const held = inHand.get(node) ?? new Set();
    inHand.set(node, held.add(work));
    void work.then(() => {
      held.delete(work);
      if (held.size === 0) inHand.delete(node);
    });
  }

  const subscription = nc.subscribe(agentSubject(cluster, '*', channel), {
    callback: (error, message) => {
      if (error) log.warn({ err: error, channel }, 'a subscription failed');
      else take(message);
    },
  });
  return {
    async stop() {
      subscription.unsubscribe();
      await Promise.all([...inHand.values()].flatMap((held) => [...held]));
    },
  };
}

/**
 * Whether a reply subject is one of the node's own inbox. NATS lets a sender name any reply subject, also one to which
 * the sender itself may not publish.
 */
function isOwnInbox(cluster: string, node: string, reply: string | undefined): boolean {
  const prefix = `${agentInboxPrefix(cluster, node)}.`;
  return reply?.startsWith(prefix) === true && /^[\w.-]{1,200}$/.test(reply.slice(prefix.length));
}
