/** The comparisons of so many heartbeats are looked at together. */
const REMEMBERED = 8;
/** Both clocks are read in whole milliseconds. */
const ROUNDING_MS = 1;

/** One comparison of two clocks, by a request and its answer. */
interface Comparison {
  /** This clock minus the other, as if the other had been read in the middle, in milliseconds. */
  offsetMs: number;
  /** The offset may be wrong by so much, as nobody knows how the time was shared between request and answer. */
  errorMs: number;
}

/**
 * How far this clock is ahead of another, from requests to the other's host that are answered with its time. The quickest
 * of the last ones says it best: a message that waited on a busy host makes one way longer than the other.
 */
export class ClockOffset {
  #comparisons: Comparison[] = [];

  /** This clock minus the other, in whole milliseconds; null before the first comparison. */
  get ms(): number | null {
    if (this.#comparisons.length === 0) return null;
    const best = this.#comparisons.reduce((best, one) => (one.errorMs <= best.errorMs ? one : best));
    return Math.round(best.offsetMs);
  }

  /** Takes in a request: when it was sent and answered by this clock, and when it was received by the other. */
  compare(sentAt: number, receivedAt: number, answeredAt: number): void {
    const errorMs = Math.max(0, answeredAt - sentAt) / 2 + ROUNDING_MS;
    const now = { offsetMs: (sentAt + answeredAt) / 2 - receivedAt, errorMs };
    // What contradicts it was before a clock was set.
    const agreeing = this.#comparisons.filter((one) => Math.abs(one.offsetMs - now.offsetMs) <= one.errorMs + errorMs);
    this.#comparisons = [...agreeing, now].slice(-REMEMBERED);
  }
}
