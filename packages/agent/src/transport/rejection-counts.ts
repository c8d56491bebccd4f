import type { Rejection } from '@vhive/shared';

/** Counts messages that were dropped, by reason. */
export interface RejectionCounts {
  count(reason: Rejection): void;
  /** Returns the number of dropped messages by reason, in the form that heartbeats carry. */
  totals(): Record<string, number>;
}

/** Makes counters that start at zero and live as long as the process. */
export function createRejectionCounts(): RejectionCounts {
  const totals = new Map<string, number>();
  return {
    count: (reason) => void totals.set(reason, (totals.get(reason) ?? 0) + 1),
    totals: () => Object.fromEntries(totals),
  };
}
