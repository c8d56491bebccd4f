/** Who follows which run, by the stream. */
export class Followers {
  readonly #counts = new Map<string, number>();
  readonly #abandoned = new Map<string, { afterMs: number; tell: () => void; timer: NodeJS.Timeout | undefined }>();

  /** Somebody begins to follow a run. Returns what ends it. */
  follow(runId: string): () => void {
    this.#counts.set(runId, (this.#counts.get(runId) ?? 0) + 1);
    clearTimeout(this.#abandoned.get(runId)?.timer);
    return () => {
      const left = (this.#counts.get(runId) ?? 1) - 1;
      if (left > 0) this.#counts.set(runId, left);
      else {
        this.#counts.delete(runId);
        this.#watch(runId);
      }
    };
  }

  /** Calls `tell` once nobody has followed the run for so long, milliseconds. */
  onAbandoned(runId: string, afterMs: number, tell: () => void): void {
    this.#abandoned.set(runId, { afterMs, tell, timer: undefined });
    if (!this.#counts.has(runId)) this.#watch(runId);
  }

  #watch(runId: string): void {
    const watched = this.#abandoned.get(runId);
    if (watched === undefined) return;
    clearTimeout(watched.timer);
    watched.timer = setTimeout(() => {
      this.#abandoned.delete(runId);
      watched.tell();
    }, watched.afterMs);
    watched.timer.unref();
  }
}
