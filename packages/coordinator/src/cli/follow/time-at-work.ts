import type { StepView } from '@vhive/shared';

/**
 * Returns for how long at least one attempt of these steps was at work until `now`, in seconds; null when none has
 * begun. Pauses between attempts do not count, nor the time for which a run stood still.
 */
export function secondsAtWork(steps: readonly StepView[], now: Date): number | null {
  const spans = steps.flatMap((step) => spansOf(step, now)).sort((a, b) => a.from - b.from);
  if (spans.length === 0) return null;
  let total = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const { from, to } of spans) {
    total += Math.max(0, to - Math.max(from, end));
    end = Math.max(end, to);
  }
  return total / 1000;
}

/** A span of time, in milliseconds since 1970. */
interface Milliseconds {
  from: number;
  to: number;
}

function spansOf({ spans, startedAt, finishedAt, attemptStartedAt }: StepView, now: Date): Milliseconds[] {
  const running = attemptStartedAt === undefined ? [] : [{ from: Date.parse(attemptStartedAt), to: now.getTime() }];
  if (spans !== undefined || running.length > 0 || startedAt === undefined)
    return [
      ...(spans ?? []).map((one) => ({ from: Date.parse(one.startedAt), to: Date.parse(one.finishedAt) })),
      ...running,
    ];
  // A run that an older coordinator tells of has no spans.
  return [{ from: Date.parse(startedAt), to: finishedAt === undefined ? now.getTime() : Date.parse(finishedAt) }];
}
