import type { RunEventOf } from '@vhive/shared';
import { giveUpNode, watchUnreachable } from './node-events.ts';
import { PersistentArray } from './persistent-array.ts';
import { lookupOf } from './plan-lookup.ts';
import { tryAgain } from './retry.ts';
import { initialState, type RunState, type StepState } from './state.ts';

import { Transition } from './transition.ts';

/** Returns the state in which everything in the plan is still to be done. This alone starts nothing. */
function stateOf(event: RunEventOf<'run.created'>): RunState {
  const { plan } = event;
  const lookup = lookupOf(plan);
  const steps = plan.steps.map(
    (_, index): StepState => ({
      position: 'pending',
      open: (lookup.needs[index]?.length ?? 0) + (lookup.after[index]?.length ?? 0),
      attempts: 0,
      attemptId: '',
      failures: 0,
      interruptions: 0,
      spans: [],
      tasks: [],
      outputs: {},
    }),
  );
  return {
    ...initialState(),
    runId: event.runId,
    plan,
    lookup,
    mode: event.mode,
    job: event.job,
    inputHash: event.inputHash,
    giveUpAfterMs: event.giveUpAfterMs,
    timeoutMs: event.timeoutMs,
    spentMs: event.spentMs ?? 0,
    createdAt: event.at,
    steps: PersistentArray.from(steps),
    nodes: new Map(plan.nodes.map((name) => [name, { fate: 'ok' }])),
    unfinished: steps.length,
  };
}

/** Handles the beginning of a run: every step that waits for no other is ready. */
export function runCreated(event: RunEventOf<'run.created'>): Transition {
  const transition = new Transition(stateOf(event), event.at);
  const { timeoutMs, now } = transition.fields;
  if (timeoutMs !== undefined) transition.setTimer('timeout', now + timeoutMs);
  for (const index of transition.fields.plan.steps.keys()) {
    const { open, position } = transition.step(index);
    if (open === 0 && position === 'pending') transition.ready(index);
  }
  return transition;
}

/** Handles the operator's wish that the run stops. */
export function runCancelled(transition: Transition, event: RunEventOf<'run.cancelled'>): void {
  transition.halt({ outcome: 'cancelled', reason: event.reason, cancelling: true });
}

/** Handles that a run which stood still goes on: the time that it stood does not count against its limit. */
export function runResumed(transition: Transition, { timeoutMs, spentMs = 0 }: RunEventOf<'run.resumed'>): void {
  const { fields } = transition;
  if (fields.halt !== undefined || fields.finishing !== undefined) return;
  Object.assign(fields, { timeoutMs, spentMs });
  if (timeoutMs === undefined) transition.clearTimer('timeout');
  else transition.setTimer('timeout', fields.now + timeoutMs);
  // Nobody listened meanwhile, so no node is given up for its silence.
  for (const name of fields.plan.nodes)
    if (transition.node(name)?.unreachableSince !== undefined) watchUnreachable(transition, name, transition.at);
}

/** Handles the event that the end of the run has been stored. From now on only a retry changes anything. */
export function runFinished(transition: Transition, event: RunEventOf<'run.finished'>): void {
  const { fields } = transition;
  // A retry came between the effect and this event, so the run goes on.
  if (fields.finishing === undefined) return;
  Object.assign(fields, { status: event.outcome, finishedAt: event.at, finishing: undefined });
}

/** Fires all timers whose time has come, in order of time. */
export function fireTimers(transition: Transition): void {
  const due = [...transition.timers()].filter(([, time]) => time <= transition.fields.now);
  due.sort(([nameA, timeA], [nameB, timeB]) => timeA - timeB || (nameA < nameB ? -1 : 1));
  for (const [name] of due) {
    // A timer that fired before this one may have cleared it.
    if (!transition.timers().has(name)) continue;
    transition.clearTimer(name);
    fire(transition, name);
    transition.settle();
  }
}

function fire(transition: Transition, name: string): void {
  const [kind, what] = name.split(' ');
  if (kind === 'step') return tryAgain(transition, Number(what));
  if (kind === 'node') return giveUpNode(transition, what ?? '');
  if (kind === 'grace') return endUnanswered(transition);
  const { timeoutMs = 0, spentMs } = transition.fields;
  const seconds = Math.round((timeoutMs + spentMs) / 1000);
  transition.halt({ outcome: 'timed-out', reason: `the time limit of ${seconds} s passed`, cancelling: true });
}

/** Ends the attempts that still run after they were told to stop and had their time to answer. */
function endUnanswered(transition: Transition): void {
  const { halt } = transition.fields;
  for (const index of transition.running()) {
    transition.release(index);
    const message = `stopped without waiting for its end: ${halt?.reason ?? ''}`;
    transition.end(index, { position: 'failed', failure: { code: 'interrupted', message } });
  }
}

/** Returns the time of the earliest timer, in milliseconds since 1970, or undefined when there is none. */
export function earliest(timers: ReadonlyMap<string, number>): number | undefined {
  let result: number | undefined;
  for (const time of timers.values()) if (result === undefined || time < result) result = time;
  return result;
}
