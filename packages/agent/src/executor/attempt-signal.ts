import { ActionError } from '../actions/kit/action.ts';

/** Why an attempt is ended early. */
export interface AbortCause {
  outcome: 'cancelled' | 'timed-out' | 'interrupted';
  /** For a person. */
  message: string;
}

/** The one path on which an attempt can be ended early: by the operator, a time limit or the agent's own end. */
export interface AttemptSignal {
  signal: AbortSignal;
  /** The first cause; later ones change nothing. */
  cause(): AbortCause | undefined;
  abort(cause: AbortCause): void;
  /** Ends the attempt after `limitMs`, unless the returned function is called before. */
  limit(limitMs: number, message: string): () => void;
  /** Stops all clocks. */
  dispose(): void;
}

/** Makes the signal of one attempt. The signal's reason is an {@link ActionError} that tells the cause. */
export function createAttemptSignal(): AttemptSignal {
  const controller = new AbortController();
  const timers = new Set<NodeJS.Timeout>();
  let first: AbortCause | undefined;

  const abort = (cause: AbortCause) => {
    if (first) return;
    first = cause;
    controller.abort(new ActionError({ code: cause.outcome, message: cause.message }));
  };

  return {
    signal: controller.signal,
    cause: () => first,
    abort,
    limit(limitMs, message) {
      const timer = setTimeout(() => {
        timers.delete(timer);
        abort({ outcome: 'timed-out', message });
      }, limitMs);
      timers.add(timer);
      return () => {
        timers.delete(timer);
        clearTimeout(timer);
      };
    },
    dispose() {
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
    },
  };
}

/**
 * What `work` gives, or the signal's reason if that has aborted and the work has not ended within `graceMs` after:
 * an action that ignores its signal must not hold the step for ever.
 */
export async function endedBy<T>(work: Promise<T>, signal: AbortSignal, graceMs: number): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  let timer: NodeJS.Timeout | undefined;
  const onAbort = () => {
    timer = setTimeout(() => reject(signal.reason), graceMs);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}
