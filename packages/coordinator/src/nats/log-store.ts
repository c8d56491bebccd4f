import { randomUUID } from 'node:crypto';
import { type JetStreamClient, jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import {
  decode,
  encode,
  executorName,
  executorOfLogSubject,
  type LogBatch,
  type LogLine,
  logBatch,
  logSubject,
  streamNames,
} from '@vhive/shared';
import type { Logger } from 'pino';
import { LogShares } from './log-shares.ts';
import { Rejections } from './rejections.ts';
import { storedMessages } from './stored-messages.ts';
import { LOG_BYTES } from './streams.ts';

/** Tells which lines to read. A field that is absent matches all lines. */
export interface LogFilter {
  runId?: string | undefined;
  /** The name of a node, or COORDINATOR for the coordinator's own lines. */
  node?: string | undefined;
  phase?: string | undefined;
  /**
   * Only lines that were stored at this time or later. For a run this is the time of its creation, which spares reading
   * older lines.
   */
  since?: Date | undefined;
}

/** What a log store needs. */
export interface LogStoreOptions {
  log: Logger;
  executors?: () => number;
}

/** The space is divided among at least so many executors. */
const FEWEST_SHARES = 8;

/** Returns how much of the log stream one of `executors` may have, in bytes. */
export function shareBytes(executors: number): number {
  return Math.floor(LOG_BYTES / Math.max(FEWEST_SHARES, executors + 1));
}

/** The output of the steps of all agents and of the coordinator, in a stream that is bounded by size and age. */
export class LogStore {
  readonly #js: JetStreamClient;
  readonly #cluster: string;
  readonly #stream: string;
  readonly #rejections: Rejections;
  readonly #shares: LogShares;

  /** `executors` returns how many executors share the space now; by default few. */
  constructor(nc: NatsConnection, cluster: string, { log, executors = () => 0 }: LogStoreOptions) {
    this.#js = jetstream(nc);
    this.#cluster = cluster;
    this.#stream = streamNames(cluster).logs;
    this.#rejections = new Rejections(log);
    this.#shares = new LogShares(this.#js, this.#stream, () => shareBytes(executors()));
  }

  /**
   * Stores lines under the name of an executor, and removes its oldest ones when it has more than its share of the
   * space. A batch of the same executor and `id` is stored once, however often it comes within some minutes.
   */
  async append(executor: string, batch: LogBatch, id: string = randomUUID()): Promise<void> {
    const subject = logSubject(this.#cluster, executor);
    const data = encode(batch, { id });
    const { seq, duplicate } = await this.#js.publish(subject, data, { msgID: `${executor} ${id}`, retries: 3 });
    if (!duplicate) await this.#shares.stored(subject, { seq, bytes: data.byteLength });
  }

  /** Reads the lines that are stored now, in the order in which they arrived. */
  read(filter: LogFilter = {}): AsyncGenerator<LogLine, void, undefined> {
    return this.#lines(filter, { follow: false });
  }

  /** Reads the lines that are stored now, then new ones as they arrive, until the signal aborts. */
  follow(filter: LogFilter, signal: AbortSignal): AsyncGenerator<LogLine, void, undefined> {
    return this.#lines(filter, { follow: true, signal });
  }

  /** Returns how many stored messages could not be read, by reason. */
  rejected(node?: string): Record<string, number> {
    return this.#rejections.counts(node);
  }

  async *#lines(
    { runId, node, phase, since }: LogFilter,
    how: { follow: boolean; signal?: AbortSignal },
  ): AsyncGenerator<LogLine, void, undefined> {
    const subject = node === undefined ? undefined : logSubject(this.#cluster, node);
    for await (const message of storedMessages(this.#js, this.#stream, { subject, since, ...how })) {
      const executor = executorName.safeParse(executorOfLogSubject(this.#cluster, message.subject));
      const decoded = decode(logBatch, message.data);
      if (!decoded.ok || !executor.success) {
        const { reason, detail } = decoded.ok ? { reason: 'invalid' as const, detail: message.subject } : decoded;
        this.#rejections.count(executor.data ?? '(unknown)', 'log', reason, detail);
        continue;
      }
      const { lines, type: _, ...origin } = decoded.envelope.body;
      if (runId !== undefined && origin.runId !== runId) continue;
      if (phase !== undefined && origin.phase !== phase) continue;
      for (const line of lines) yield { node: executor.data, ...origin, ...line };
    }
  }
}
