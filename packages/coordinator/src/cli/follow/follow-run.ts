import { VhiveError } from '@vhive/shared';
import type { ApiClient } from '../client/client.ts';
import { FollowedRun } from './followed-run.ts';
import type { Reporter } from './reporter.ts';
import { steadyStream } from './steady-stream.ts';

/** Follows a run to its end, telling the reporter. Throws the signal's reason when it aborts first. */
export async function followRun(
  client: ApiClient,
  runId: string,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<FollowedRun> {
  const run = new FollowedRun();
  const done = new AbortController();
  const either = AbortSignal.any([signal, done.signal]);
  let caughtUp = false;
  try {
    for await (const message of steadyStream(client, runId, either, (text, level) => reporter.message(text, level))) {
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
          run.progressed(message.progress);
          reporter.progress(message.progress, run);
          break;
        case 'event': {
          if (message.runId !== runId) break;
          const event = run.accept(message);
          if (event) reporter.event(event, run);
          break;
        }
      }
      // A run that was retried has ended before: its end counts only once all stored events are known.
      if (caughtUp && run.runId !== '' && run.status !== 'running') return run;
    }
  } finally {
    done.abort();
  }
  throw signal.reason;
}

/** While the coordinator was away, another run has taken the place of this one. */
function replaced(runId: string): VhiveError {
  return new VhiveError({
    code: 'interrupted',
    message: `run ${runId} is not the newest one any more`,
    hint: 'watch the newest: vhive-coord status --watch',
  });
}
