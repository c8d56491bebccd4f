import type { Shot } from '@vhive/shared';
import { startAlarm } from './alarm.ts';

/** The load begins so many milliseconds after its clock runs, so that the first shots are not late. */
const LEAD_MS = 50;
/** After so many shots that were late already, answers are read before more are sent. */
const MOST_IN_A_ROW = 32;

/** The sending of shots, which has begun. */
export interface Sending extends AsyncDisposable {
  /** Milliseconds since the start of the load. */
  now(): number;
  /** When the load began, or begins, in milliseconds since 1970. */
  readonly startedAt: number;
  /** Shots that have come due so far. */
  readonly due: number;
  /** When the latest of them was due, milliseconds. */
  readonly lastDueMs: number;
  /** Resolves when the last one is sent, or the signal has aborted. Rejects with what `send` or the shots throw. */
  readonly over: Promise<void>;
}

/**
 * Calls `send` for each shot at its time, however long the others take. Where this process was not quick enough, it calls
 * it late, but it leaves no shot out.
 * @param startAt when the load begins, milliseconds since 1970 by the clock of this machine; default: now
 */
export async function sendShots(
  shots: Iterable<Shot>,
  send: (shot: Shot, index: number) => void,
  signal: AbortSignal | undefined,
  startAt?: number,
): Promise<Sending> {
  const source = shots[Symbol.iterator]();
  const { promise: over, resolve, reject } = Promise.withResolvers<void>();
  const count = { due: 0, lastDueMs: 0 };
  let next = source.next();
  const step = () => {
    for (let inARow = 0; !signal?.aborted; inARow++) {
      if (next.done) return resolve();
      const shot = next.value;
      if (shot.atMs > now()) return alarm.set(start + shot.atMs);
      if (inARow === MOST_IN_A_ROW) return void setImmediate(guarded);
      count.lastDueMs = shot.atMs;
      send(shot, count.due++);
      next = source.next();
    }
    resolve();
  };
  const guarded = () => {
    try {
      step();
    } catch (error) {
      reject(error);
    }
  };
  const alarm = await startAlarm(guarded);
  const start = alarm.now() + (startAt === undefined ? LEAD_MS : startAt - Date.now());
  const startedAt = startAt ?? Date.now() + start - alarm.now();
  const now = () => alarm.now() - start;
  const stop = () => resolve();
  signal?.addEventListener('abort', stop);
  // Not before the caller knows the clock, which `send` will ask.
  setImmediate(guarded);
  return {
    now,
    startedAt,
    get due() {
      return count.due;
    },
    get lastDueMs() {
      return count.lastDueMs;
    },
    over,
    async [Symbol.asyncDispose]() {
      signal?.removeEventListener('abort', stop);
      await alarm[Symbol.asyncDispose]();
    },
  };
}
