import { LatencyRecord } from '@vhive/base/load/latency-record';
import type { Sample } from '@vhive/base/load/sample';
import { isColdStart, type ReadyHistory } from '@vhive/core/load/cold-or-warm';
import { defined, type LoadStarts } from '@vhive/shared';

/** What is known of the pods of endpoints. */
export interface KnownReadiness {
  /** Returns what was told of the pods of an endpoint, by its index; undefined where nobody watches them. */
  historyOf(endpoint: number): ReadyHistory | undefined;
}

/**
 * The sample with whether its call met a cold start, where that is known.
 * @param startedAt when its load began, milliseconds since 1970
 */
export function withStart(sample: Sample, startedAt: number, readiness: KnownReadiness): Sample {
  const history = readiness.historyOf(sample.endpoint);
  if (history === undefined || sample.notSent) return sample;
  const { sentMs, endMs, outcome } = sample;
  const call = { sentAt: startedAt + sentMs, endAt: startedAt + endMs, answered: outcome === 'ok' };
  return { ...sample, ...defined({ coldStart: isColdStart(call, history) }) };
}

/** Counts successes by how they started. */
export class StartsTally {
  readonly #cold = new LatencyRecord();
  readonly #warm = new LatencyRecord();
  #unknown = 0;

  /** Counts a call, unless it is of the warm-up or failed. */
  add({ warmUp, outcome, coldStart, endMs, intendedMs }: Sample): void {
    if (warmUp || outcome !== 'ok') return;
    if (coldStart === undefined) this.#unknown++;
    else (coldStart ? this.#cold : this.#warm).add(endMs - intendedMs);
  }

  summary(): LoadStarts {
    return { cold: this.#cold.summary(), warm: this.#warm.summary(), unknown: this.#unknown };
  }
}
