import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import {
  agentSubject,
  type Command,
  type CommandReply,
  type Decoded,
  decode,
  encode,
  type Heartbeat,
  type HeartbeatReply,
  heartbeat,
  nodeName,
  nodeOfSubject,
  type Progress,
  progress,
} from '@vhive/shared';
import type { Logger } from 'pino';
import type * as z from 'zod';
import { consumeEvents, type EventConsumer, type EventHandler } from './event-consumer.ts';
import { Rejections } from './rejections.ts';
import { Requests } from './requests.ts';
import { REPLY_TIMEOUT_MS, type SendOptions, sendCommand } from './send-command.ts';

/** An answer to a heartbeat is worth nothing after this time, in milliseconds. */
const HEARTBEAT_REPLY_TTL_MS = 60_000;

/**
 * The coordinator's side of everything that it says to agents and hears from them. Who speaks is taken from the
 * subject, which the NATS server guards, and never from the message. A message that cannot be parsed is counted, logged
 * and dropped.
 */
export class AgentLink {
  readonly #nc: NatsConnection;
  readonly #cluster: string;
  readonly #log: Logger;
  readonly #rejections: Rejections;
  readonly #requests: Requests;

  constructor(nc: NatsConnection, cluster: string, { log }: { log: Logger }) {
    this.#nc = nc;
    this.#cluster = cluster;
    this.#log = log;
    this.#rejections = new Rejections(log);
    this.#requests = new Requests(nc, { timeoutMs: REPLY_TIMEOUT_MS });
  }

  /** Sends a command until the agent answers with a valid reply or the signal aborts; see {@link sendCommand}. */
  sendCommand(node: string, command: Command, options: SendOptions): Promise<CommandReply> {
    const route = { nc: this.#nc, cluster: this.#cluster, requests: this.#requests, rejections: this.#rejections };
    return sendCommand(route, node, command, options);
  }

  /** Starts to take the durable events of agents; see {@link consumeEvents}. The streams must exist. */
  consumeEvents(handler: EventHandler): Promise<EventConsumer> {
    return consumeEvents(this.#nc, this.#cluster, handler, { rejections: this.#rejections, log: this.#log });
  }

  /** Hears the progress of agents, whose messages may be lost on the way. Returns a function that stops it. */
  subscribeProgress(handler: (node: string, progress: Progress) => void): () => void {
    return this.#subscribe('prg', progress, (node, body) => {
      handler(node, body);
      return undefined;
    });
  }

  /**
   * Hears the heartbeats of agents and answers each with what the handler returns, if it returns anything. Returns a
   * function that stops it.
   */
  subscribeHeartbeats(
    handler: (node: string, heartbeat: Heartbeat) => Promise<HeartbeatReply | undefined>,
  ): () => void {
    return this.#subscribe('hb', heartbeat, handler);
  }

  /** Returns how many messages were dropped, by reason: those of one node, or those of all nodes. */
  rejected(node?: string): Record<string, number> {
    return this.#rejections.counts(node);
  }

  #subscribe<S extends z.ZodType>(
    channel: 'prg' | 'hb',
    schema: S,
    handler: (node: string, body: z.output<S>) => Promise<HeartbeatReply | undefined> | undefined,
  ): () => void {
    const subscription: Subscription = this.#nc.subscribe(agentSubject(this.#cluster, '*', channel), {
      callback: (error, message) => {
        if (error) {
          this.#log.warn({ err: error, channel }, 'a subscription failed');
          return;
        }
        const sender = nodeName.safeParse(nodeOfSubject(this.#cluster, message.subject));
        const decoded: Decoded<z.output<S>> = decode(schema, message.data);
        if (!sender.success || !decoded.ok) {
          const { reason, detail } = decoded.ok ? { reason: 'invalid' as const, detail: message.subject } : decoded;
          this.#rejections.count(sender.data ?? '(unknown)', channel, reason, detail);
          return;
        }
        void this.#answer(message, channel, () => handler(sender.data, decoded.envelope.body));
      },
    });
    return () => subscription.unsubscribe();
  }

  async #answer(message: Msg, channel: string, handle: () => Promise<HeartbeatReply | undefined> | undefined) {
    try {
      const reply = await handle();
      if (reply) message.respond(encode(reply, { ttlMs: HEARTBEAT_REPLY_TTL_MS }));
    } catch (cause) {
      this.#log.error({ err: cause, channel, subject: message.subject }, 'a message could not be processed');
    }
  }
}
