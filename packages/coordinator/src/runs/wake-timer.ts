/** The longest a Node.js timer can wait, milliseconds. */
const LONGEST = 2 ** 31 - 1;

/** The one timer of a run: the scheduler always names the earliest time at which it wants to be woken. */
export class WakeTimer {
  #timer: NodeJS.Timeout | undefined;
  readonly #onWake: () => void;

  constructor(onWake: () => void) {
    this.#onWake = onWake;
  }

  /** Wakes at this time (milliseconds since the epoch) instead of the one before. */
  wakeAt(at: number): void {
    this.stop();
    this.#timer = setTimeout(this.#onWake, Math.min(Math.max(at - Date.now(), 0), LONGEST));
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
