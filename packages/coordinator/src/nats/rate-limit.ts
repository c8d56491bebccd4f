/** What a sender may send. */
export interface Rate {
  /** How much comes back in a second. */
  perSecond: number;
  /** How much may come at once after a pause. */
  burst: number;
}

/** So many senders are kept apart. Beyond them the one that was heard of least recently is forgotten. */
const MOST_SENDERS = 10_000;

/** Limits how much each sender may send (token buckets). */
export class RateLimit {
  readonly #rate: Rate;
  readonly #now: () => number;
  readonly #senders = new Map<string, { left: number; at: number }>();

  /** @param now a monotonic clock, in milliseconds */
  constructor(rate: Rate, now: () => number = () => performance.now()) {
    this.#rate = rate;
    this.#now = now;
  }

  /** Takes `cost` from what the sender has left. Returns false, and takes nothing, when that is less. */
  take(sender: string, cost = 1): boolean {
    const now = this.#now();
    const { perSecond, burst } = this.#rate;
    const known = this.#senders.get(sender) ?? { left: burst, at: now };
    const left = Math.min(burst, known.left + ((now - known.at) / 1000) * perSecond);
    const allowed = left >= cost;
    this.#senders.delete(sender);
    this.#senders.set(sender, { left: allowed ? left - cost : left, at: now });
    if (this.#senders.size > MOST_SENDERS) this.#senders.delete(this.#senders.keys().next().value ?? '');
    return allowed;
  }
}
