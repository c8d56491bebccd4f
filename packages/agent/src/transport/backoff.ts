/** A wait that doubles from `firstMs` up to `maxMs`, each time a random part between half and whole of it. */
export interface Backoff {
  /** The next wait, milliseconds. */
  nextMs(): number;
  /** After a success. */
  reset(): void;
}

/** Makes a back-off; the jitter keeps thousands of agents from coming back at the same moment. */
export function createBackoff(firstMs: number, maxMs: number): Backoff {
  let ceiling = firstMs;
  return {
    nextMs() {
      const wait = ceiling * (0.5 + Math.random() / 2);
      ceiling = Math.min(ceiling * 2, maxMs);
      return wait;
    },
    reset() {
      ceiling = firstMs;
    },
  };
}

/** Resolves after `ms`; rejects with the signal's reason when that aborts before. */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
