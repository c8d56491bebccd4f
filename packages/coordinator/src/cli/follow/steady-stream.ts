import { pause } from '@vhive/base/retry/sleep';
import { messageOf, type StreamMessage, VhiveError } from '@vhive/shared';
import type { ApiClient } from '../client/client.ts';

/** A coordinator may be away (restarted or killed) for this long before watching is given up, in milliseconds. */
const GIVE_UP_AFTER_MS = 180_000;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Reads the coordinator's stream across its restarts. When the connection breaks it is made again, and what was stored
 * is sent again (see FollowedRun, which passes over what it knows). Ends when the signal aborts. Throws `unreachable`
 * when the coordinator stays away for 3 minutes, and throws refusals at once.
 */
export async function* steadyStream(
  client: ApiClient,
  runId: string | undefined,
  signal: AbortSignal,
  say: (text: string, level: 'info' | 'warning') => void,
): AsyncGenerator<StreamMessage> {
  let lostAt: number | undefined;
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
    if (lostAt === undefined) say(`lost the coordinator, trying again: ${reasonOf(cause)}`, 'warning');
    lostAt ??= Date.now();
    if (Date.now() - lostAt > GIVE_UP_AFTER_MS) throw cause ?? new Error('the coordinator ended the stream');
    await pause(pauseMs, signal);
    pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
  }
}

function reasonOf(cause: unknown): string {
  return cause === undefined ? 'it ended the stream' : messageOf(cause);
}
