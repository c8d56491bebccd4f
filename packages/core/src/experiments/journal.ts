import * as z from 'zod';

/** The events of an experiment, one per line of its journal. Times are ISO 8601 in UTC. */
export const experimentEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('trial-begun'), at: z.iso.datetime(), trial: z.string() }),
  z.object({ type: z.literal('trial-finished'), at: z.iso.datetime(), trial: z.string() }),
  z.object({ type: z.literal('trial-failed'), at: z.iso.datetime(), trial: z.string(), reason: z.string() }),
]);

/** One of the events of an experiment. */
export type ExperimentEvent = z.infer<typeof experimentEvent>;

/** How a trial stands. */
export type TrialState = { status: 'waiting' | 'begun' | 'finished' } | { status: 'failed'; reason: string };

/** Returns how each trial stands that the journal speaks of. Only a finished one stays so, whatever comes after it. */
export function trialStates(events: Iterable<ExperimentEvent>): Map<string, TrialState> {
  const states = new Map<string, TrialState>();
  for (const event of events) {
    if (states.get(event.trial)?.status === 'finished') continue;
    if (event.type === 'trial-begun') states.set(event.trial, { status: 'begun' });
    else if (event.type === 'trial-finished') states.set(event.trial, { status: 'finished' });
    else states.set(event.trial, { status: 'failed', reason: event.reason });
  }
  return states;
}

/** Returns the events of a journal. A last line that was cut off by a crash is none; any other that is none throws. */
export function readJournal(text: string): ExperimentEvent[] {
  const lines = text.split('\n');
  // What follows the last end of a line was not written to its end.
  return lines.slice(0, -1).map((line) => experimentEvent.parse(JSON.parse(line)));
}
