import { type Granularity, granularities } from './trace.ts';

/**
 * Returns the names of calls as invitro gives them, in the order of the shots: `min3.inv0` is the first call of its
 * function in the fourth minute. `speed` is how many times as fast the trace is replayed.
 */
export function callNames(
  shots: Iterable<{ atMs: number; endpoint: number }>,
  granularity: Granularity,
  speed: number,
): string[] {
  const counts = new Map<number, { interval: number; calls: number }>();
  return Array.from(shots, ({ atMs, endpoint }) => {
    const interval = Math.floor((atMs * speed) / granularities[granularity]);
    const before = counts.get(endpoint);
    const calls = before?.interval === interval ? before.calls : 0;
    counts.set(endpoint, { interval, calls: calls + 1 });
    return `${granularity.slice(0, 3)}${interval}.inv${calls}`;
  });
}
