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

/** Which lines to read; absent fields match all. */
export interface LogFilter {
  runId?: string | undefined;
  /** A node, or COORDINATOR for the coordinator's own lines. */
  node?: string | undefined;
  phase?: string | undefined;
  /** Only what was stored at this time or later: for a run, its creation; spares reading what is older. */
  since?: Date | undefined;
}

/** The output of steps of all agents and of the coordinator, in a stream bounded by size and age. */
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

  /** Stores lines under an executor's name: the coordinator's own (COORDINATOR); agents publish theirs themselves. */
  async append(executor: string, batch: LogBatch): Promise<void> {
    await this.#js.publish(logSubject(this.#cluster, executor), encode(batch), { retries: 3 });
  }

  /** The lines stored until now, in the order in which they arrived. */
  read(filter: LogFilter = {}): AsyncGenerator<LogLine, void, undefined> {
    return this.#lines(filter, { follow: false });
  }

  /** The lines stored until now, then new ones as they arrive, until the signal aborts. */
  follow(filter: LogFilter, signal: AbortSignal): AsyncGenerator<LogLine, void, undefined> {
    return this.#lines(filter, { follow: true, signal });
  }

  /** Stored messages that could not be read, by reason. */
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
