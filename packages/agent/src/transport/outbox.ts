import { ignoring } from '@vhive/base/ignoring';
import { createBackoff } from '@vhive/base/retry/backoff';
import { encode } from '@vhive/shared';
import type { Journal, OutboxEntry } from '../executor/journal.ts';
import type { Session } from './session.ts';

/** So many results are sent at once before their receipts are awaited. */
const BATCH = 16;

/** Sends what waits in the journal's outbox, again and again until it is acknowledged. */
export interface Outbox {
  /** Tells that there is something new to send, or a connection again: it tries at once. */
  wake(): void;
  /** Resolves when the outbox is empty or `timeoutMs` have passed. */
  drained(timeoutMs: number): Promise<void>;
  stop(): void;
}

/**
 * Starts to send.
 * @param session returns the current session, if there is one
 */
export function startOutbox(journal: Journal, session: () => Session | undefined): Outbox {
  const backoff = createBackoff({ firstMs: 200, longestMs: 10_000 });
  let sending = false;
  let again = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let emptied = Promise.withResolvers<void>();

  const sendBatch = async (current: Session, batch: OutboxEntry[]): Promise<boolean> => {
    const sent = await Promise.all(
      batch.map(({ id, event }) =>
        current.handOver('evt', encode(event, { id })).then(
          () => id,
          () => undefined,
        ),
      ),
    );
    const acknowledged = sent.filter((id) => id !== undefined);
    if (acknowledged.length > 0 && !stopped)
      await journal
        .acknowledge(acknowledged)
        .catch(ignoring('an event that stays in the journal is sent again under the same id, which does no harm'));
    return acknowledged.length === batch.length;
  };

  const sendAll = async () => {
    for (;;) {
      const current = session();
      if (stopped || !current?.connected()) return;
      const batch = journal.outbox(BATCH);
      if (batch.length === 0) {
        emptied.resolve();
        emptied = Promise.withResolvers<void>();
        return;
      }
      if (!(await sendBatch(current, batch))) {
        if (!stopped) timer = setTimeout(wake, backoff.nextMs());
        return;
      }
      backoff.reset();
    }
  };

  const wake = () => {
    clearTimeout(timer);
    if (stopped) return;
    again = true;
    if (sending) return;
    void sendWhileAsked();
  };

  const sendWhileAsked = async () => {
    sending = true;
    while (again) {
      again = false;
      await sendAll();
    }
    sending = false;
  };

  return {
    wake,
    async drained(timeoutMs) {
      if (journal.outboxSize() === 0 || !session()?.connected()) return;
      wake();
      const { promise, resolve } = Promise.withResolvers<void>();
      const limit = setTimeout(resolve, timeoutMs);
      await Promise.race([emptied.promise, promise]);
      clearTimeout(limit);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
