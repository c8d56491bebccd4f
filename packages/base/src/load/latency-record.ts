import { createHistogram } from 'node:perf_hooks';
import type { Latency } from '@vhive/shared';

/** The longest latency that is told apart from longer ones: a day, in microseconds. */
const LONGEST_MICROS = 86_400_000_000;

/** Latencies in an HDR histogram: so many as there are, in little memory, with 3 figures that count. */
export class LatencyRecord {
  readonly #histogram = createHistogram({ lowest: 1, highest: LONGEST_MICROS, figures: 3 });
  #sum = 0;
  #max = 0;

  /** Takes a latency in milliseconds. */
  add(ms: number): void {
    this.#histogram.record(Math.min(Math.max(1, Math.round(ms * 1000)), LONGEST_MICROS));
    this.#sum += ms;
    this.#max = Math.max(this.#max, ms);
  }

  /** How many latencies there are. */
  get count(): number {
    return this.#histogram.count;
  }

  /** The latency that so many of 100 do not exceed, in milliseconds; 0 without any. */
  percentile(percent: number): number {
    if (this.count === 0) return 0;
    // The histogram answers with the end of a bucket, which may lie above the longest.
    return Math.min(this.#histogram.percentile(percent) / 1000, this.#max);
  }

  summary(): Latency {
    const { count } = this;
    const [p50 = 0, p90 = 0, p95 = 0, p99 = 0, p999 = 0] = [50, 90, 95, 99, 99.9].map((p) => this.percentile(p));
    return { count, mean: count === 0 ? 0 : this.#sum / count, p50, p90, p95, p99, p999, max: this.#max };
  }
}
