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
import { Rejections } from './rejections.ts';
import { storedMessages } from './stored-messages.ts';

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

/** The output of the steps of all agents and of the coordinator, in a stream that is bounded by size and age. */
export class LogStore {
  readonly #js: JetStreamClient;
  readonly #cluster: string;
  readonly #stream: string;
  readonly #rejections: Rejections;

  constructor(nc: NatsConnection, cluster: string, { log }: { log: Logger }) {
    this.#js = jetstream(nc);
    this.#cluster = cluster;
    this.#stream = streamNames(cluster).logs;
    this.#rejections = new Rejections(log);
  }

  /**
   * Stores lines under the name of an executor. Only the coordinator's own lines (COORDINATOR) come this way; agents
   * publish theirs themselves.
   */
  async append(executor: string, batch: LogBatch): Promise<void> {
    await this.#js.publish(logSubject(this.#cluster, executor), encode(batch), { retries: 3 });
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
