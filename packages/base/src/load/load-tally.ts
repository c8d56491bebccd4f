import type { LoadTotals } from '@vhive/shared';
import { LatencyRecord } from './latency-record.ts';
import type { Sample } from './sample.ts';

/** So many different errors are told apart; the others are counted together. */
const MOST_ERRORS = 50;
const OTHERS = 'other errors';

/** What is known only where calls are sent. */
export interface SendingFacts {
  /** How many shots were due, without the warm-up. */
  planned: number;
  /** How long the measured part lasts as planned, milliseconds. */
  plannedMs: number;
  /** When the measured part begins, milliseconds. */
  warmUpMs: number;
  interrupted: boolean;
  mostInFlight: number;
  connections: number;
}

/** Counts what became of shots. */
export class LoadTally {
  ok = 0;
  errors = 0;
  timeouts = 0;
  limited = 0;
  warmUp = 0;
  readonly fromIntended = new LatencyRecord();
  readonly #fromSent = new LatencyRecord();
  readonly #failures = new Map<string, number>();
  #sent = 0;
  #latestMs = 0;
  #lastSentMs = 0;

  /** Counts a shot that has ended. */
  add(sample: Sample): void {
    if (sample.warmUp) {
      this.warmUp++;
      return;
    }
    if (sample.notSent) this.limited++;
    else this.#countSent(sample);
    if (sample.outcome === 'ok') {
      this.ok++;
      this.fromIntended.add(sample.endMs - sample.intendedMs);
      this.#fromSent.add(sample.endMs - sample.sentMs);
      return;
    }
    if (sample.outcome === 'timeout') this.timeouts++;
    else this.errors++;
    this.#countFailure(sample.error ?? sample.outcome);
  }

  /** The figures of the whole load. Rates are over the time as planned, or as long as sending really took if longer. */
  totals({ planned, plannedMs, warmUpMs, ...facts }: SendingFacts): LoadTotals {
    const seconds = Math.max(plannedMs, this.#lastSentMs - warmUpMs, 1) / 1000;
    return {
      planned,
      sent: this.#sent,
      ok: this.ok,
      errors: this.errors,
      timeouts: this.timeouts,
      limited: this.limited,
      warmUp: this.warmUp,
      ...facts,
      seconds,
      askedRps: planned / (Math.max(plannedMs, 1) / 1000),
      reachedRps: this.#sent / seconds,
      observedRps: this.ok / seconds,
      latestMs: this.#latestMs,
      fromIntended: this.fromIntended.summary(),
      fromSent: this.#fromSent.summary(),
      failures: [...this.#failures]
        .map(([error, count]) => ({ error, count }))
        .sort((one, other) => other.count - one.count || (one.error < other.error ? -1 : 1)),
    };
  }

  #countSent({ sentMs, intendedMs }: Sample): void {
    this.#sent++;
    this.#lastSentMs = Math.max(this.#lastSentMs, sentMs);
    this.#latestMs = Math.max(this.#latestMs, sentMs - intendedMs);
  }

  #countFailure(error: string): void {
    const known = this.#failures.has(error) || this.#failures.size < MOST_ERRORS ? error : OTHERS;
    this.#failures.set(known, (this.#failures.get(known) ?? 0) + 1);
  }
}
