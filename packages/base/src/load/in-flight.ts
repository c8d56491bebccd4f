import type { Shot } from '@vhive/shared';
import type { Answer, Call, Caller, Target } from './caller.ts';
import type { Sample } from './sample.ts';

/** How calls are made. */
interface InFlightOrder {
  caller: Caller;
  /** Milliseconds since the start of the load. */
  now: () => number;
  timeoutMs: number;
  /** The most calls in flight at once. */
  most: number;
  /** Headers of the call of a shot, by its number. */
  headersOf: ((index: number) => Call['headers']) | undefined;
}

/** What a call in flight needs. */
interface Flight {
  giveUp(answer: Answer): void;
}

/** The calls that were sent and have not ended. */
export class InFlight {
  /** The most that there were at once. */
  highest = 0;
  /** How many shots were sent. */
  sent = 0;
  readonly #flights = new Set<Flight>();
  readonly #order: InFlightOrder;
  readonly #onEnd: (sample: Sample) => void;
  #onEmpty: (() => void) | undefined;

  /** `onEnd` is called for each shot when it has ended. */
  constructor(order: InFlightOrder, onEnd: (sample: Sample) => void) {
    this.#order = order;
    this.#onEnd = onEnd;
  }

  get size(): number {
    return this.#flights.size;
  }

  /** Sends a shot now, unless too many are in flight. */
  send(shot: Shot, index: number, target: Target, warmUp: boolean): void {
    const { caller, now, timeoutMs, most, headersOf } = this.#order;
    const sentMs = now();
    const end = (answer: Answer & Pick<Sample, 'notSent'>) =>
      this.#onEnd({ ...shot, index, warmUp, intendedMs: shot.atMs, sentMs, endMs: now(), ...answer });
    if (this.#flights.size >= most) {
      const error = `not sent: ${most} calls were in flight, the most that are allowed`;
      end({ outcome: 'error', error, notSent: true });
      return;
    }
    this.sent++;
    const landed = (answer: Answer) => {
      clearTimeout(timer);
      this.#flights.delete(flight);
      end(answer);
      if (this.#flights.size === 0) this.#onEmpty?.();
    };
    const abandon = caller.call({ shot, target, headers: headersOf?.(index) }, landed);
    const flight: Flight = {
      giveUp(answer) {
        abandon();
        landed(answer);
      },
    };
    const timer = setTimeout(
      () => flight.giveUp({ outcome: 'timeout', error: `no answer within ${timeoutMs / 1000} s` }),
      timeoutMs,
    );
    this.#flights.add(flight);
    this.highest = Math.max(this.highest, this.#flights.size);
  }

  /** Resolves when nothing is in flight. Nothing may be sent after it was asked. */
  async ended(): Promise<void> {
    if (this.#flights.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
  }

  /** Ends all that is in flight. */
  giveUpAll(error: string): void {
    for (const flight of [...this.#flights]) flight.giveUp({ outcome: 'error', error });
  }
}
