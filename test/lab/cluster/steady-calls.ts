import { setTimeout as sleep } from 'node:timers/promises';
import { callFunction } from '@vhive/agent/actions/function/say-hello';
import type { FunctionPlace } from './functions.ts';

/** The pause between two calls, in milliseconds. */
const PAUSE_MS = 200;
/** A call that has no answer after this many milliseconds counts as lost. */
const CALL_MS = 5_000;

/** What became of calls that were made one after the other. */
export interface SteadyCalls {
  calls: number;
  lost: number;
  /** The longest time from one answer to the next, in milliseconds. */
  longestGapMs: number;
}

/**
 * Calls a function through the gateway again and again, from outside of the cluster, while `work` runs and then until
 * it has answered ten times in a row. Throws when that takes longer than `limitMs` after the work.
 */
export async function callSteadily(
  place: FunctionPlace,
  work: () => Promise<unknown>,
  limitMs: number,
): Promise<SteadyCalls> {
  const seen: SteadyCalls = { calls: 0, lost: 0, longestGapMs: 0 };
  let answered = performance.now();
  let inARow = 0;
  const call = async () => {
    const message = `call ${++seen.calls}`;
    const limit = AbortSignal.timeout(CALL_MS);
    try {
      await callFunction({ ...place, message, timeoutMs: CALL_MS, signal: limit, log: () => undefined });
      inARow += 1;
      seen.longestGapMs = Math.max(seen.longestGapMs, Math.round(performance.now() - answered));
      answered = performance.now();
    } catch {
      inARow = 0;
      seen.lost += 1;
    }
    await sleep(PAUSE_MS);
  };
  let isDone = false;
  const callMeanwhile = async () => {
    while (!isDone) await call();
  };
  const done = work().finally(() => {
    isDone = true;
  });
  await Promise.all([done, callMeanwhile()]);
  inARow = 0;
  const end = performance.now() + limitMs;
  while (inARow < 10) {
    if (performance.now() > end)
      throw new Error(`${place.authority} does not answer steadily again: ${JSON.stringify(seen)}`);
    await call();
  }
  return seen;
}
