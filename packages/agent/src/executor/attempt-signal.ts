import { ActionError } from '../actions/kit/action.ts';

/** The reason why an attempt is ended before its tasks are done. */
export interface AbortCause {
  outcome: 'cancelled' | 'timed-out' | 'interrupted';
  /** Says for a person why the attempt was ended. */
  message: string;
}

/**
 * The one way in which an attempt can be ended early, whoever ends it: the operator, a time limit or the agent that
 * stops.
 */
export interface AttemptSignal {
  signal: AbortSignal;
  /** Returns the first cause that was given, or undefined while there is none. Later causes change nothing. */
  cause(): AbortCause | undefined;
  abort(cause: AbortCause): void;
  /** Ends the attempt after `limitMs`, unless the function that it returns is called earlier. */
  limit(limitMs: number, message: string): () => void;
  /** Stops all time limits that are still running. */
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
