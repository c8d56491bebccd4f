import type { LoadProgress } from '@vhive/shared';
import type { InFlight } from './in-flight.ts';
import type { LoadTally } from './load-tally.ts';
import type { Sending } from './send-shots.ts';

/** Makes what tells how a load is going: rates since it was last asked, the rest since the start. */
export function progressMeter(
  { tally, inFlight, sending }: { tally: LoadTally; inFlight: InFlight; sending: Sending },
  warmUpMs: number,
): () => LoadProgress {
  let before = { elapsedMs: 0, due: 0, sent: 0 };
  return () => {
    const now = { elapsedMs: Math.max(0, sending.now()), due: sending.due, sent: inFlight.sent };
    const seconds = Math.max(1, now.elapsedMs - before.elapsedMs) / 1000;
    const rates = { askedRps: (now.due - before.due) / seconds, reachedRps: (now.sent - before.sent) / seconds };
    before = now;
    return {
      elapsedMs: now.elapsedMs,
      warmingUp: now.elapsedMs < warmUpMs,
      ...rates,
      sent: now.sent,
      inFlight: inFlight.size,
      ok: tally.ok,
      failed: tally.errors + tally.timeouts,
      p50: tally.fromIntended.percentile(50),
      p99: tally.fromIntended.percentile(99),
    };
  };
}
