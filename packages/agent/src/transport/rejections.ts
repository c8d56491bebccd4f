import type { Rejection } from '@vhive/shared';

/** Counts messages that were dropped, by reason. */
export interface Rejections {
  count(reason: Rejection): void;
  /** Reason to number, as heartbeats carry it. */
  totals(): Record<string, number>;
}

/** Starts at zero; lives as long as the process. */
export function createRejections(): Rejections {
  const totals = new Map<string, number>();
  return {
    count: (reason) => void totals.set(reason, (totals.get(reason) ?? 0) + 1),
    totals: () => Object.fromEntries(totals),
  };
}
