/**
 * What `work` gives, or the signal's reason as soon as that aborts: the abort ends the wait, not the work, which may be
 * waited for by others too. What becomes of the work afterwards, also a failure, is nobody's business any more.
 *
 * @param graceMs how long the work may still take after the abort, milliseconds; default 0
 */
export async function orAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal | undefined,
  graceMs = 0,
): Promise<Result> {
  if (!signal) return await work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  let grace: NodeJS.Timeout | undefined;
  const onAbort = () => {
    if (graceMs === 0) reject(signal.reason);
    else grace = setTimeout(() => reject(signal.reason), graceMs);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    clearTimeout(grace);
    signal.removeEventListener('abort', onAbort);
  }
}
