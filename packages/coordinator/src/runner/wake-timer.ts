/** The longest a Node.js timer can wait, milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** One timer for the earliest time the scheduler asked to be woken at. */
export class WakeTimer {
  #timer: NodeJS.Timeout | undefined;
  #at = Number.POSITIVE_INFINITY;
  readonly #onWake: () => void;

  constructor(onWake: () => void) {
    this.#onWake = onWake;
  }

  /** Wakes at this time (milliseconds since the epoch), or earlier if that was asked for before. */
  wakeAt(at: number): void {
    if (at >= this.#at) return;
    this.stop();
    this.#at = at;
    this.#timer = setTimeout(
      () => {
        this.#at = Number.POSITIVE_INFINITY;
        this.#onWake();
      },
      Math.min(Math.max(at - Date.now(), 0), LONGEST),
    );
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#at = Number.POSITIVE_INFINITY;
  }
}
