import { LatencyRecord } from '@vhive/base/load/latency-record';
import type { Sample } from '@vhive/base/load/sample';
import { chart } from './chart.ts';

/** More dots than these are not drawn; of more calls, every second, fourth and so on is. */
const MOST_DOTS = 5_000;
/** The percentages at which a distribution is drawn: every half, and the end of the tail more closely. */
const percentages = [...Array.from({ length: 199 }, (_, n) => (n + 1) / 2), 99.8, 99.9, 99.95, 99.99, 100];

/** The axis of latencies where there is none to show, in milliseconds. */
const NO_LATENCY = { lowest: 1, highest: 100 };

const rangeOf = (values: readonly number[]) => ({
  lowest: values.reduce((least, value) => Math.min(least, value)),
  highest: values.reduce((most, value) => Math.max(most, value)),
});

interface Dot {
  sentMs: number;
  latencyMs: number;
  isOk: boolean;
}

/** Gathers what the pictures of a load show, in bounded memory. The warm-up is in none of them. */
export class LoadPlots {
  readonly #fromIntended = new LatencyRecord();
  readonly #fromSent = new LatencyRecord();
  #dots: Dot[] = [];
  #every = 1;
  #seen = 0;

  add({ warmUp, outcome, intendedMs, sentMs, endMs }: Sample): void {
    if (warmUp) return;
    if (outcome === 'ok') {
      this.#fromIntended.add(endMs - intendedMs);
      this.#fromSent.add(endMs - sentMs);
    }
    if (this.#seen++ % this.#every !== 0) return;
    this.#dots.push({ sentMs: intendedMs, latencyMs: endMs - intendedMs, isOk: outcome === 'ok' });
    if (this.#dots.length <= MOST_DOTS) return;
    this.#dots = this.#dots.filter((_, index) => index % 2 === 0);
    this.#every *= 2;
  }

  /** How many of the calls that succeeded took no longer than what. */
  distribution(title: string): string {
    const points = (record: LatencyRecord) =>
      record.count === 0 ? [] : percentages.map((percent) => [record.percentile(percent), percent] as const);
    const all = [points(this.#fromIntended), points(this.#fromSent)] as const;
    const values = all.flat().map(([ms]) => ms);
    return chart(
      title,
      { title: 'latency, ms', ...(values.length === 0 ? NO_LATENCY : rangeOf(values)) },
      { title: '% of successful calls', highest: 100 },
      [
        { label: 'from the intended time', color: '#0072b2', kind: 'line', points: all[0] },
        { label: 'from the time sent', color: '#d55e00', kind: 'line', points: all[1] },
      ],
    );
  }

  /** When calls were to be sent, and how long they took from then. */
  overTime(title: string): string {
    const dots = (isOk: boolean) =>
      this.#dots.filter((dot) => dot.isOk === isOk).map(({ sentMs, latencyMs }) => [sentMs / 1000, latencyMs] as const);
    const latencies = this.#dots.map(({ latencyMs }) => latencyMs);
    const shown = this.#every === 1 ? '' : `, one call of ${this.#every}`;
    return chart(
      title,
      { title: 'intended time, s', highest: this.#dots.reduce((last, { sentMs }) => Math.max(last, sentMs / 1000), 0) },
      {
        title: 'latency from the intended time, ms',
        ...(latencies.length === 0 ? NO_LATENCY : rangeOf(latencies)),
      },
      [
        { label: `succeeded${shown}`, color: '#0072b2', kind: 'dots', points: dots(true) },
        { label: 'failed or timed out', color: '#d55e00', kind: 'dots', points: dots(false) },
      ],
    );
  }
}
