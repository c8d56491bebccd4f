import type { RunEvent } from '@vhive/shared';
import { attemptDispatched, attemptFinished } from './attempt-events.ts';
import type { Effect, RunOutcome } from './effects.ts';
import { nodeReachable, nodeRemoved, nodeUnreachable } from './node-events.ts';
import { runRetried } from './retry.ts';
import { earliest, fireTimers, runCancelled, runCreated, runFinished, runResumed } from './run-events.ts';
import type { RunState } from './state.ts';
import { isoOf } from './time.ts';
import { Transition } from './transition.ts';

/** What applying an event gives: the new state, and the effects that are to be carried out. */
export interface Applied {
  state: RunState;
  effects: Effect[];
}

/**
 * This function is the whole scheduler: it folds an event into the state and says what is to be done. It is synchronous
 * and pure: the only clock is `event.at`, the only chance is `event.jitter`. The old state stays valid. Events that do
 * not fit (repeated ones, late ones, or about unknown steps) change nothing.
 */
export function apply(state: RunState, event: RunEvent): Applied {
  if (event.type === 'run.created')
    return state.runId === '' ? conclude(runCreated(event), event) : { state, effects: [] };
  if (state.runId === '') return { state, effects: [] };
  const transition = new Transition(state, event.at);
  takeIn(transition, event);
  transition.settle();
  if (transition.fields.status === 'running') fireTimers(transition);
  return conclude(transition, event);
}

/**
 * Folds many events into a state. The effects that these events had in the past are dropped; `resume` says what is
 * still to be done.
 */
export function replay(events: Iterable<RunEvent>, from: RunState): RunState {
  let state = from;
  for (const event of events) state = apply(state, event).state;
  return state;
}

function takeIn(transition: Transition, event: Exclude<RunEvent, { type: 'run.created' }>): void {
  if (event.type === 'run.retried') return runRetried(transition, event);
  if (event.type === 'node.unreachable') return nodeUnreachable(transition, event);
  if (event.type === 'node.reachable') return nodeReachable(transition, event);
  if (event.type === 'node.removed') return nodeRemoved(transition, event);
  // An attempt that is dispatched late must be cancelled even when the run is over.
  if (event.type === 'attempt.dispatched') return attemptDispatched(transition, event);
  if (transition.fields.status !== 'running') return;
  switch (event.type) {
    case 'attempt.finished':
      return attemptFinished(transition, event);
    case 'run.cancelled':
      return runCancelled(transition, event);
    case 'run.resumed':
      return runResumed(transition, event);
    case 'run.finished':
      return runFinished(transition, event);
    case 'time.passed':
      return;
  }
}

/** Ends the run when nothing is left to do, and otherwise asks to be woken at the time of the next timer. */
function conclude(transition: Transition, event: RunEvent): Applied {
  transition.settle();
  const { fields, effects } = transition;
  if (fields.status === 'running' && fields.unfinished === 0 && fields.finishing === undefined) {
    const outcome = outcomeOf(transition);
    Object.assign(fields, { finishing: outcome, wakeAt: undefined });
    transition.clearTimers();
    effects.push({ type: 'finish', outcome });
  }
  const wakeAt = earliest(transition.timers());
  // When the scheduler was woken too early, it must ask for the same time again.
  if (wakeAt !== undefined && (wakeAt !== fields.wakeAt || event.type === 'time.passed'))
    effects.push({ type: 'wake', at: isoOf(wakeAt) });
  fields.wakeAt = wakeAt;
  return { state: transition.done(), effects };
}

/**
 * Decides how a run without open steps ended. It is ready when everything is done except on nodes that the operator
 * removed.
 */
function outcomeOf(transition: Transition): RunOutcome {
  const { halt, plan } = transition.fields;
  if (halt !== undefined) return halt.outcome;
  const missing = plan.steps.some(
    (step, index) =>
      transition.step(index).position !== 'done' &&
      (step.node === plan.controlPlane || transition.node(step.node)?.fate !== 'removed'),
  );
  return missing ? 'failed' : 'ready';
}
