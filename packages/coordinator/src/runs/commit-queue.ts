/**
 * Puts items through an asynchronous `commit` one batch at a time: what arrives while a commit is under way forms the
 * next batch. So a thousand results that arrive together cost a few writes, and their order is kept.
 */
export class CommitQueue<T> {
  #waiting: { item: T; resolve: () => void; reject: (cause: unknown) => void }[] = [];
  #busy = false;
  #stopped: unknown;
  readonly #commit: (items: T[]) => Promise<void>;

  readonly #gatherMs: number;

  /** @param gatherMs how long the first item after a pause waits for others, in milliseconds */
  constructor(commit: (items: T[]) => Promise<void>, gatherMs = 0) {
    this.#commit = commit;
    this.#gatherMs = gatherMs;
  }

  /** Resolves when the item is committed. Rejects when its commit failed or the queue was stopped. */
  add(item: T): Promise<void> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#busy) void this.#drain();
    });
  }

  /** Refuses all items that are waiting and all that are still to come. */
  stop(cause: unknown): void {
    this.#stopped ??= cause;
    for (const { reject } of this.#waiting.splice(0)) reject(cause);
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    // Even without a pause, items that are added in the same turn of the event loop belong to the first batch.
    if (this.#gatherMs > 0) await new Promise((resolve) => setTimeout(resolve, this.#gatherMs));
    else await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      try {
        await this.#commit(batch.map(({ item }) => item));
        for (const { resolve } of batch) resolve();
      } catch (cause) {
        for (const { reject } of batch) reject(cause);
        this.stop(cause);
      }
    }
    this.#busy = false;
  }
}
