import { VhiveError } from '@vhive/shared';
import type { Connection } from '../connect.ts';
import { FollowedRun } from './followed-run.ts';
import type { Reporter } from './reporter.ts';
import { steadyStream } from './steady-stream.ts';

/** Follows a run to its end and tells the reporter. Throws the signal's reason when it aborts first. */
export async function followRun(
  connection: Pick<Connection, 'client' | 'isGone'>,
  runId: string,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<FollowedRun> {
  const run = new FollowedRun();
  const done = new AbortController();
  const either = AbortSignal.any([signal, done.signal]);
  let caughtUp = false;
  try {
    const say = (text: string, level: 'info' | 'warning') => reporter.message(text, level);
    for await (const message of steadyStream(connection, runId, either, say)) {
      switch (message.type) {
        case 'nodes':
          reporter.nodes(message.nodes);
          break;
        case 'caught-up':
          if (message.runId !== runId) throw replaced(runId);
          caughtUp = true;
          break;
        case 'progress':
          if (message.progress.runId !== runId) break;
          if (run.progressed(message.progress)) reporter.progress(message.progress, run);
          break;
        case 'event': {
          if (message.runId !== runId) break;
          const event = run.accept(message);
          if (event) reporter.event(event, run);
          break;
        }
      }
      // A run that was retried has ended once before. An end counts only once all stored events have been seen.
      if (caughtUp && run.runId !== '' && run.status !== 'running') return run;
    }
  } finally {
    done.abort();
  }
  throw signal.reason;
}

/** Makes the error for a run whose place another run has taken while the coordinator was away. */
function replaced(runId: string): VhiveError {
  return new VhiveError({
    code: 'interrupted',
    message: `run ${runId} is not the newest one any more`,
    hint: 'watch the newest: vhive-coord status --watch',
  });
}
