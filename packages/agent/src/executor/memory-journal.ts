import type { Journal, JournalledAttempt, OutboxEntry } from './journal.ts';

/**
 * Makes a journal that does not outlive the process. It serves simulations with many agents in one process, where
 * nothing real is changed.
 */
export function createMemoryJournal(): Journal {
  const attempts = new Map<string, JournalledAttempt>();
  const outbox = new Map<string, OutboxEntry>();
  return {
    find: (attemptId) => attempts.get(attemptId),
    async accept({ attemptId }) {
      if (attempts.has(attemptId)) throw new Error(`the attempt ${attemptId} is in the journal already`);
      attempts.set(attemptId, { state: 'accepted' });
    },
    async finish(result, event) {
      attempts.set(result.attemptId, { state: 'finished', result });
      if (event) outbox.set(event.id, event);
    },
    outbox: (limit) => [...outbox.values().take(limit)],
    outboxSize: () => outbox.size,
    async acknowledge(ids) {
      for (const id of ids) outbox.delete(id);
    },
    close: () => outbox.clear(),
  };
}
