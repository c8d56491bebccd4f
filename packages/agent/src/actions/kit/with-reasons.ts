import { orAborted } from '@vhive/base/abort';
import { type ActionContext, ActionError } from './action.ts';

/** While something is waited for, it is looked this often why it is not there yet, in milliseconds. */
const LOOK_INTERVAL_MS = 5_000;
/** Nobody is told in the first milliseconds: most waits are over by then. */
const QUIET_MS = 9_000;
/** A single look may take this many milliseconds. */
const LOOK_LIMIT_MS = 4_500;
/** The reasons are written into the log when they change, but not more often than this, in milliseconds. */
const LOG_INTERVAL_MS = 15_000;

/**
 * Waits for `work`, and while it lasts tells people why it has not ended. `reasons` is called every five seconds with a
 * signal that limits the look; what it returns is told from the tenth second on. When it throws an {@link ActionError},
 * the wait is in vain: the signal that `work` was given aborts, and that error is thrown. A look that fails otherwise is
 * passed over.
 */
export async function withReasons<T>(
  context: ActionContext,
  reasons: (signal: AbortSignal) => Promise<readonly string[]>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const vain = new AbortController();
  const signal = AbortSignal.any([context.signal, vain.signal]);
  const started = performance.now();
  let looking = false;
  let logged = { text: '', at: Number.NEGATIVE_INFINITY };
  let ended = false;

  const look = async () => {
    const lines = await reasons(AbortSignal.any([signal, AbortSignal.timeout(LOOK_LIMIT_MS)]));
    const now = performance.now();
    if (ended || now - started < QUIET_MS) return;
    context.waiting(lines);
    const text = lines.join('; ');
    if (text === '' || text === logged.text || now - logged.at < LOG_INTERVAL_MS) return;
    logged = { text, at: now };
    context.log(`waits: ${text}`);
  };
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    look()
      .catch((error: unknown) => error instanceof ActionError && !context.signal.aborted && vain.abort(error))
      .finally(() => {
        looking = false;
      });
  }, LOOK_INTERVAL_MS);
  try {
    // What is waited for may pass over the signal; then the wait still ends.
    return await orAborted(work(signal), vain.signal, 0);
  } catch (error) {
    if (vain.signal.aborted && !context.signal.aborted) throw vain.signal.reason;
    throw error;
  } finally {
    ended = true;
    clearInterval(timer);
    context.waiting([]);
  }
}
