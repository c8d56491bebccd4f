import type { Shot } from '@vhive/shared';
import type { Answer } from './caller.ts';

/** What became of a shot. Times are milliseconds since the start of the load. */
export interface Sample extends Shot, Answer {
  /** The number of the shot in its schedule, from 0. */
  index: number;
  /** When it was to be sent: the same as `atMs`. */
  intendedMs: number;
  /** When it was sent. */
  sentMs: number;
  /** When its answer was there, or it was given up. */
  endMs: number;
  /** Set where it was not sent, as too many calls were in flight. */
  notSent?: true;
  /** Whether it was for warming up, so that it is in no summary. */
  warmUp: boolean;
  /** Whether an instance of the function was started for it; absent where that cannot be known. */
  coldStart?: boolean;
}
