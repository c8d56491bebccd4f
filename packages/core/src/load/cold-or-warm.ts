/** How the pods of a function stood from a moment on, as it was told. */
export interface ReadyChange {
  /** When it was told, milliseconds since 1970. */
  at: number;
  /** The pods that were ready. */
  ready: number;
  /** Those that were not, and did not leave. */
  coming: number;
}

/** What was told of the pods of a function, in the order of the times. */
export interface ReadyHistory {
  changes: readonly ReadyChange[];
  /** When nothing more was told, milliseconds since 1970; absent while the pods are watched. */
  until?: number | undefined;
}

/**
 * A change of a pod is taken to be told within so many milliseconds. The kubelet tells the API server at once that a pod is
 * ready, or not any more, and that one tells who watches; on nodes with nothing to spare both take tenths of a second.
 */
export const TOLD_WITHIN_MS = 1_000;

/** A call, in milliseconds since 1970. */
export interface TimedCall {
  sentAt: number;
  endAt: number;
  /** Whether the function has answered it. */
  answered: boolean;
}

/**
 * Whether a call met a cold start: no pod of its function was ready when it was sent, and it was answered after one had
 * become ready. It did not where a pod was ready when it was sent. Undefined where what was told does not say: nothing was
 * told yet or any more, or a change was told so soon afterwards that it may have been before. What is told up to
 * {@link TOLD_WITHIN_MS} after the call's end is needed.
 */
export function isColdStart({ sentAt, endAt, answered }: TimedCall, history: ReadyHistory): boolean | undefined {
  const { changes, until = Number.POSITIVE_INFINITY } = history;
  const next = countUpTo(changes, sentAt);
  const then = changes[next - 1];
  if (then === undefined || until < sentAt + TOLD_WITHIN_MS) return undefined;
  const later = (limit: number, wanted: (change: ReadyChange) => boolean) => {
    for (const change of changesFrom(changes, next)) {
      if (change.at > limit) return undefined;
      if (wanted(change)) return change;
    }
    return undefined;
  };
  if (then.ready > 0) return later(sentAt + TOLD_WITHIN_MS, ({ ready }) => ready === 0) ? undefined : false;
  if (!answered || until < endAt + TOLD_WITHIN_MS) return undefined;
  const rose = later(endAt + TOLD_WITHIN_MS, ({ ready }) => ready > 0);
  if (rose === undefined) return undefined;
  // No pod was there, and one that is made is told at once: so it was made, and became ready, after the call was sent.
  if (then.coming === 0 && changes[next] !== rose) return true;
  // Otherwise it may have been ready before that was told, and an answer that came still sooner says that it was.
  const roseAfter = rose.at - TOLD_WITHIN_MS;
  return roseAfter > sentAt && endAt >= roseAfter ? true : undefined;
}

function* changesFrom(changes: readonly ReadyChange[], first: number): Generator<ReadyChange> {
  for (let index = first; index < changes.length; index++) yield changes[index] as ReadyChange;
}

/** How many of the changes were told up to a time. */
function countUpTo(changes: readonly ReadyChange[], time: number): number {
  let [low, high] = [0, changes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((changes[middle]?.at ?? 0) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}
