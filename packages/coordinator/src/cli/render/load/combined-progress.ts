import type { LoadProgress } from '@vhive/shared';

/** How a load that several generators send goes: their sums, and of the percentiles the worst, as no better one is known. */
export function combinedProgress(all: readonly LoadProgress[]): LoadProgress {
  const sum = (key: 'askedRps' | 'reachedRps' | 'sent' | 'inFlight' | 'ok' | 'failed') =>
    all.reduce((total, one) => total + one[key], 0);
  const most = (key: 'elapsedMs' | 'p50' | 'p99') => Math.max(...all.map((one) => one[key]));
  return {
    ...{ elapsedMs: most('elapsedMs'), warmingUp: all.some(({ warmingUp }) => warmingUp) },
    ...{ askedRps: sum('askedRps'), reachedRps: sum('reachedRps'), sent: sum('sent') },
    ...{ inFlight: sum('inFlight'), ok: sum('ok'), failed: sum('failed'), p50: most('p50'), p99: most('p99') },
  };
}
