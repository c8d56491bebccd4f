import type { Rejection } from '@vhive/shared';
import type { Logger } from 'pino';

/** At most one log line is written per sender and reason in this time, in milliseconds. */
const LOG_EVERY_MS = 10_000;
/** So many senders are counted by name. The others share one name, so that garbage cannot fill the memory. */
const MOST_SENDERS = 10_000;
const OTHERS = '(others)';

/** Counts the messages that were dropped, by sender and reason, and says so in the log without flooding it. */
export class Rejections {
  readonly #bySender = new Map<string, Map<Rejection, { count: number; loggedAt: number; unlogged: number }>>();
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** Counts one message. `detail` says what was wrong with it, and `channel` says on which way it came. */
  count(sender: string, channel: string, reason: Rejection, detail: string): void {
    const name = this.#bySender.has(sender) || this.#bySender.size < MOST_SENDERS ? sender : OTHERS;
    const reasons = this.#bySender.get(name) ?? new Map();
    this.#bySender.set(name, reasons);
    const entry = reasons.get(reason) ?? { count: 0, loggedAt: Number.NEGATIVE_INFINITY, unlogged: 0 };
    reasons.set(reason, entry);
    entry.count += 1;
    const now = performance.now();
    if (now - entry.loggedAt < LOG_EVERY_MS) {
      entry.unlogged += 1;
      return;
    }
    const before = entry.unlogged > 0 ? { unlogged: entry.unlogged } : {};
    this.#log.warn({ sender, channel, reason, detail: detail.slice(0, 500), ...before }, 'dropped a message');
    entry.loggedAt = now;
    entry.unlogged = 0;
  }

  /** Returns how many messages were dropped, by reason, of one sender or of all. */
  counts(sender?: string): Record<string, number> {
    const totals: Record<string, number> = {};
    const senders = sender === undefined ? [...this.#bySender.values()] : [this.#bySender.get(sender) ?? new Map()];
    for (const reasons of senders)
      for (const [reason, { count }] of reasons) totals[reason] = (totals[reason] ?? 0) + count;
    return totals;
  }
}
