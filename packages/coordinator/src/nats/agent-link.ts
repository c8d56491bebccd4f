import type { NatsConnection } from '@nats-io/transport-node';
import {
  type AgentEvent,
  agentEvent,
  type Command,
  type CommandReply,
  coordinatorInboxPrefix,
  type Heartbeat,
  type HeartbeatReply,
  heartbeat,
  type LogBatch,
  logBatch,
  type Progress,
  progress,
  type Receipt,
  type ReceiptOutcome,
  type UsageSample,
  usageSample,
} from '@vhive/shared';
import type { Logger } from 'pino';
import { type ChannelParts, type HeardChannel, hearChannel } from './agent-channel.ts';
import { Rejections } from './rejections.ts';
import { Requests } from './requests.ts';
import { REPLY_TIMEOUT_MS, type SendOptions, sendCommand } from './send-command.ts';

/** An answer to a heartbeat is worth nothing after this time, in milliseconds. */
const HEARTBEAT_REPLY_TTL_MS = 60_000;

/**
 * The coordinator's side of everything that it says to agents and hears from them. It has a connection to the account
 * of the agents, in which nothing else is. See {@link hearChannel} for how messages are judged.
 */
export class AgentLink {
  readonly #parts: ChannelParts;
  readonly #requests: Requests;

  /** @param nc a connection in the account of the agents */
  constructor(nc: NatsConnection, cluster: string, { log }: { log: Logger }) {
    this.#parts = { nc, cluster, log, rejections: new Rejections(log) };
    this.#requests = new Requests(nc, { timeoutMs: REPLY_TIMEOUT_MS, inboxPrefix: coordinatorInboxPrefix(cluster) });
  }

  /** Sends a command until the agent answers or the signal aborts; see {@link sendCommand}. */
  sendCommand(node: string, command: Command, options: SendOptions): Promise<CommandReply> {
    return sendCommand({ ...this.#parts, requests: this.#requests }, node, command, options);
  }

  /**
   * Takes the results of agents. An agent gets a receipt when the handler has said what became of its result; until
   * then it sends the result again, so the handler may be given one more than once.
   */
  takeEvents(handler: (node: string, event: AgentEvent) => Promise<ReceiptOutcome>): HeardChannel {
    return hearChannel(this.#parts, {
      channel: 'evt',
      schema: agentEvent,
      handle: async (node, event) => receiptOf(await handler(node, event)),
      unreadable: receiptOf('unreadable'),
    });
  }

  /**
   * Takes the output of steps, in batches. `id` stays the same when an agent sends a batch again, which it does until
   * it gets a receipt.
   */
  takeLogs(handler: (node: string, batch: LogBatch, id: string) => Promise<ReceiptOutcome>): HeardChannel {
    return hearChannel(this.#parts, {
      channel: 'log',
      schema: logBatch,
      handle: async (node, batch, id) => receiptOf(await handler(node, batch, id)),
      unreadable: receiptOf('unreadable'),
    });
  }

  /** Hears the progress of agents, whose messages may be lost on the way. */
  hearProgress(handler: (node: string, progress: Progress) => void): HeardChannel {
    return hearChannel(this.#parts, {
      channel: 'prg',
      schema: progress,
      async handle(node, body) {
        handler(node, body);
        return undefined;
      },
    });
  }

  /** Hears what the hosts of agents use, while the agents are asked to tell it. These messages may be lost on the way. */
  hearUsage(handler: (node: string, sample: UsageSample) => void): HeardChannel {
    return hearChannel(this.#parts, {
      channel: 'use',
      schema: usageSample,
      async handle(node, body) {
        handler(node, body);
        return undefined;
      },
    });
  }

  /** Hears the heartbeats of agents and answers each with what the handler returns, if it returns anything. */
  hearHeartbeats(handler: (node: string, heartbeat: Heartbeat) => Promise<HeartbeatReply | undefined>): HeardChannel {
    return hearChannel(this.#parts, {
      channel: 'hb',
      schema: heartbeat,
      handle: handler,
      answerTtlMs: HEARTBEAT_REPLY_TTL_MS,
    });
  }

  /** Counts a message that was well formed but spoke of what is not its sender's, and says so in the log. */
  countForeign(node: string, channel: 'evt' | 'log' | 'prg' | 'reply', detail: string): void {
    this.#parts.rejections.count(node, channel, 'foreign', detail);
  }

  /** Returns how many messages were dropped, by reason: those of one node, or those of all nodes. */
  rejected(node?: string): Record<string, number> {
    return this.#parts.rejections.counts(node);
  }
}

function receiptOf(outcome: ReceiptOutcome): Receipt {
  return { type: 'receipt', outcome };
}
