/** The longest time that a timer of Node.js can wait, in milliseconds. */
const LONGEST = 2 ** 31 - 1;

/**
 * The one timer of a run. One is enough, because the scheduler always names the earliest time at which it wants to be
 * woken.
 */
export class WakeTimer {
  #timer: NodeJS.Timeout | undefined;
  readonly #onWake: () => void;

  constructor(onWake: () => void) {
    this.#onWake = onWake;
  }

  /** Sets the time of the wake-up, in milliseconds since the epoch. It replaces the time set before. */
  wakeAt(at: number): void {
    this.stop();
    this.#timer = setTimeout(this.#onWake, Math.min(Math.max(at - Date.now(), 0), LONGEST));
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
