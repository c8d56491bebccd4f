import { setTimeout as sleep } from 'node:timers/promises';
import type { LogLine } from '@vhive/shared';

/** Agents send their lines in batches, so that one that is older may come so much later, in milliseconds. */
const WINDOW_MS = 3_000;
/** Where nothing comes for this long, in milliseconds, nothing older is on its way either. */
const IDLE_MS = 400;

/**
 * Gives the lines of all nodes in the order of their times. A line is held back for as long as an older one of another
 * node may still come. Lines of one node keep the order in which it sent them.
 */
export async function* inOrder(lines: AsyncIterable<LogLine>, idleMs = IDLE_MS): AsyncGenerator<LogLine> {
  const source = lines[Symbol.asyncIterator]();
  let held: LogLine[] = [];
  let newest = 0;
  let next = source.next();
  try {
    for (;;) {
      const idle = new AbortController();
      const silence = sleep(idleMs, 'silence' as const, { signal: idle.signal }).catch(() => 'silence' as const);
      const result = held.length === 0 ? await next : await Promise.race([next, silence]);
      idle.abort();
      if (result === 'silence') {
        yield* sorted(held);
        held = [];
        continue;
      }
      if (result.done) break;
      next = source.next();
      held.push(result.value);
      newest = Math.max(newest, Date.parse(result.value.at));
      const oldest = Date.parse(held[0]?.at ?? '');
      // Sorting now and then is enough: whatever is older than the window is let go at once.
      if (newest - oldest < 2 * WINDOW_MS) continue;
      const inTime = sorted(held);
      const limit = inTime.findIndex(({ at }) => newest - Date.parse(at) < WINDOW_MS);
      yield* inTime.slice(0, limit);
      held = inTime.slice(limit);
    }
  } finally {
    await source.return?.();
  }
  yield* sorted(held);
}

/** Sorts by time. The sort is stable, so that lines of one time stay as they came. */
function sorted(lines: readonly LogLine[]): LogLine[] {
  return lines.toSorted((a, b) => a.at.localeCompare(b.at));
}
