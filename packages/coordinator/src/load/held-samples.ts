import type { Sample } from '@vhive/base/load/sample';
import { sleep } from '@vhive/base/retry/sleep';
import { TOLD_WITHIN_MS } from '@vhive/core/load/cold-or-warm';
import type { LoadStarts } from '@vhive/shared';
import { type KnownReadiness, StartsTally, withStart } from './load-starts.ts';

/** How often samples are looked through, milliseconds. */
const LOOK_MS = 200;

/**
 * Samples that are held back until what happened to pods while they were under way has been told, which says whether they
 * met a cold start. They are given out in their order.
 */
export class HeldSamples {
  readonly #readiness: KnownReadiness;
  readonly #give: (sample: Sample) => void;
  readonly #tally = new StartsTally();
  readonly #timer = setInterval(() => this.#look(), LOOK_MS);
  #held: Sample[] = [];
  #startedAt = Number.NaN;

  constructor(readiness: KnownReadiness, give: (sample: Sample) => void) {
    this.#readiness = readiness;
    this.#give = give;
  }

  /** Says when the load began, milliseconds since 1970. */
  begin(startedAt: number): void {
    this.#startedAt = startedAt;
  }

  /** Takes a sample. They come in the order of their ends. */
  add(sample: Sample): void {
    this.#held.push(sample);
  }

  /** Waits until the last can be given out, and returns how calls started. */
  async end(): Promise<LoadStarts> {
    const last = this.#held.at(-1);
    if (last !== undefined) await sleep(Math.max(0, this.#dueAt(last) - Date.now()));
    this.discard();
    for (const sample of this.#held) this.#decide(sample);
    return this.#tally.summary();
  }

  /** Ends the looking. */
  discard(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = Date.now();
    const first = this.#held.findIndex((sample) => this.#dueAt(sample) > now);
    const due = this.#held.splice(0, first === -1 ? this.#held.length : first);
    for (const sample of due) this.#decide(sample);
  }

  #dueAt({ endMs }: Sample): number {
    return this.#startedAt + endMs + TOLD_WITHIN_MS;
  }

  #decide(sample: Sample): void {
    const known = withStart(sample, this.#startedAt, this.#readiness);
    this.#tally.add(known);
    this.#give(known);
  }
}
