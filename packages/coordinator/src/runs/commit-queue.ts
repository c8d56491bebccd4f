/**
 * Puts items through an asynchronous `commit` one batch at a time: what arrives while a commit is under way forms the
 * next batch. So a thousand results that arrive together cost a few writes, and order is kept.
 */
export class CommitQueue<T> {
  #waiting: { item: T; resolve: () => void; reject: (cause: unknown) => void }[] = [];
  #busy = false;
  #stopped: unknown;
  readonly #commit: (items: T[]) => Promise<void>;

  readonly #gatherMs: number;

  /** @param gatherMs how long the first item after a pause waits for company, milliseconds */
  constructor(commit: (items: T[]) => Promise<void>, gatherMs = 0) {
    this.#commit = commit;
    this.#gatherMs = gatherMs;
  }

  /** Resolves when the item is committed; rejects when its commit failed or the queue was stopped. */
  add(item: T): Promise<void> {
    if (this.#stopped !== undefined) return Promise.reject(this.#stopped);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (!this.#busy) void this.#drain();
    });
  }

  /** Refuses everything that is waiting and everything to come. */
  stop(cause: unknown): void {
    this.#stopped ??= cause;
    for (const { reject } of this.#waiting.splice(0)) reject(cause);
  }

  async #drain(): Promise<void> {
    this.#busy = true;
    // What is added in the same turn of the event loop belongs to the first batch in any case.
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
