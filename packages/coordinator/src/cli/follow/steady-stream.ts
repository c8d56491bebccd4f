import { pause } from '@vhive/base/retry/sleep';
import { messageOf, type StreamMessage, VhiveError } from '@vhive/shared';
import { type Connection, CoordinatorGone } from '../connect.ts';

/** A coordinator may be away (restarted or killed) for this long before watching is given up, in milliseconds. */
const GIVE_UP_AFTER_MS = 180_000;
/** One whose process is gone may take this long to be started again by whoever runs it, in milliseconds. */
const GONE_AFTER_MS = 30_000;
/** While the coordinator is away, that is said again after this time, in milliseconds. */
const SAY_AGAIN_MS = 30_000;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Reads the coordinator's stream across its restarts. When the connection breaks it is made again, and what was stored
 * is sent again (see FollowedRun, which passes over what it knows). Ends when the signal aborts. Throws
 * {@link CoordinatorGone} when its process has ended and no other came in its place within half a minute, `unreachable`
 * when it stays away for 3 minutes, and refusals at once.
 */
export async function* steadyStream(
  { client, isGone }: Pick<Connection, 'client' | 'isGone'>,
  runId: string | undefined,
  signal: AbortSignal,
  say: (text: string, level: 'info' | 'warning') => void,
): AsyncGenerator<StreamMessage> {
  let lostAt: number | undefined;
  let saidAt = 0;
  let pauseMs = 250;
  while (!signal.aborted) {
    let cause: unknown;
    try {
      for await (const message of client.stream({ run: runId }, signal)) {
        if (lostAt !== undefined) say('the coordinator is back', 'info');
        lostAt = undefined;
        pauseMs = 250;
        yield message;
      }
    } catch (error) {
      if (!(error instanceof VhiveError) || error.code !== 'unreachable') throw error;
      cause = error;
    }
    if (signal.aborted) return;
    const now = Date.now();
    if (lostAt === undefined) say(`lost the coordinator, trying again: ${reasonOf(cause)}`, 'warning');
    else if (now - saidAt > SAY_AGAIN_MS) say(`still waiting for the coordinator: ${reasonOf(cause)}`, 'warning');
    if (lostAt === undefined || now - saidAt > SAY_AGAIN_MS) saidAt = now;
    lostAt ??= now;
    if (now - lostAt > GONE_AFTER_MS && (await isGone()))
      throw new CoordinatorGone('the coordinator, which ran in another process, has ended', cause);
    if (now - lostAt > GIVE_UP_AFTER_MS) throw cause ?? new CoordinatorGone('the coordinator ended the stream');
    await pause(pauseMs, signal);
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
  }
}

function reasonOf(cause: unknown): string {
  return cause === undefined ? 'it ended the stream' : messageOf(cause);
}
