import type { RunEventOf } from '@vhive/shared';
import { giveUpNode } from './node-events.ts';
import { PersistentArray } from './persistent-array.ts';
import { indexPlan } from './plan-index.ts';
import { tryAgain } from './retry.ts';
import { initialState, type RunState, type StepState } from './state.ts';

import { Transition } from './transition.ts';

/** The state in which everything of the plan is still to be done. Nothing is started by this alone. */
function stateOf(event: RunEventOf<'run.created'>): RunState {
  const { plan } = event;
  const index = indexPlan(plan);
  const steps = plan.steps.map(
    (_, place): StepState => ({
      position: 'pending',
      open: (index.needs[place]?.length ?? 0) + (index.after[place]?.length ?? 0),
      attempts: 0,
      attemptId: '',
      failures: 0,
      interruptions: 0,
      tasks: [],
      outputs: {},
    }),
  );
  return {
    ...initialState(),
    runId: event.runId,
    plan,
    index,
    mode: event.mode,
    inputHash: event.inputHash,
    giveUpAfterMs: event.giveUpAfterMs,
    timeoutMs: event.timeoutMs,
    createdAt: event.at,
    steps: PersistentArray.from(steps),
    nodes: new Map(plan.nodes.map((name) => [name, { fate: 'ok' }])),
    unfinished: steps.length,
  };
}

/** The run begins: every step without open needs is ready. */
export function runCreated(event: RunEventOf<'run.created'>): Transition {
  const transition = new Transition(stateOf(event), event.at);
  const { timeoutMs, now } = transition.fields;
  if (timeoutMs !== undefined) transition.setTimer('timeout', now + timeoutMs);
  for (const place of transition.fields.plan.steps.keys()) {
    const { open, position } = transition.step(place);
    if (open === 0 && position === 'pending') transition.ready(place);
  }
  return transition;
}

/** The operator wants it to stop. */
export function runCancelled(transition: Transition, event: RunEventOf<'run.cancelled'>): void {
  transition.halt({ outcome: 'cancelled', reason: event.reason, cancelling: true });
}

/** The end is written down: only a retry changes anything from now on. */
export function runFinished(transition: Transition, event: RunEventOf<'run.finished'>): void {
  const { fields } = transition;
  // A retry has come between the effect and this event: the run goes on.
  if (fields.finishing === undefined) return;
  Object.assign(fields, { status: event.outcome, finishedAt: event.at, finishing: undefined });
}

/** Does everything whose time has come, in order of time. */
export function fireTimers(transition: Transition): void {
  const due = [...transition.timers()].filter(([, time]) => time <= transition.fields.now);
  due.sort(([nameA, timeA], [nameB, timeB]) => timeA - timeB || (nameA < nameB ? -1 : 1));
  for (const [name] of due) {
    // Something that fired before it may have called it off.
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
  const seconds = Math.round((transition.fields.timeoutMs ?? 0) / 1000);
  transition.halt({ outcome: 'timed-out', reason: `the time limit of ${seconds} s passed`, cancelling: true });
}

/** Running attempts were told to stop and have had their time to say that they did. */
function endUnanswered(transition: Transition): void {
  const { halt } = transition.fields;
  for (const place of transition.running()) {
    transition.release(place);
    const message = `stopped without waiting for its end: ${halt?.reason ?? ''}`;
    transition.end(place, { position: 'failed', failure: { code: 'interrupted', message } });
  }
}

/** Time of the earliest timer, milliseconds since 1970. */
export function earliest(timers: ReadonlyMap<string, number>): number | undefined {
  let result: number | undefined;
  for (const time of timers.values()) if (result === undefined || time < result) result = time;
  return result;
}
