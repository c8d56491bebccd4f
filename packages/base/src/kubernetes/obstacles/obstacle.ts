/** Something that stands in the way of what is waited for. */
export interface Obstacle {
  /** What a person is told of it, in one line. */
  line: string;
  /** Set for what does not go away by waiting. */
  final?: Final | undefined;
}

/** How sure it is that an obstacle does not go away by itself. */
export interface Final {
  /** What makes the obstacle the same in two looks, though counts and times in its line may differ. */
  key: string;
  /** It must be seen for this many milliseconds without a break before it counts, because somebody may mend it. */
  holdMs: number;
  /** What to type to see more of it. */
  hint: string;
}

/** An obstacle that was seen for as long as it takes to be sure. */
export interface Lasting {
  line: string;
  hint: string;
  /** For how long it has been seen, in milliseconds. */
  forMs: number;
}

/**
 * Remembers from look to look which obstacles are there without a break. The function that it returns takes what a look
 * saw and the time in milliseconds, and returns the obstacle that is sure not to go away, if there is one by now. Where
 * a node is slow, what mends an obstacle takes longer too: so it must last `patience` times as long.
 */
export function createHold(patience = 1): (seen: readonly Obstacle[], nowMs: number) => Lasting | undefined {
  let since = new Map<string, number>();
  return (seen, nowMs) => {
    const before = since;
    since = new Map();
    let lasting: Lasting | undefined;
    for (const { line, final } of seen) {
      if (!final) continue;
      const first = before.get(final.key) ?? nowMs;
      since.set(final.key, first);
      if (nowMs - first >= final.holdMs * patience) lasting ??= { line, hint: final.hint, forMs: nowMs - first };
    }
    return lasting;
  };
}
