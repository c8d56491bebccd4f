import type { RunEvent } from '@vhive/shared';
import { attemptDispatched, attemptFinished } from './attempt-events.ts';
import type { Effect, RunOutcome } from './effects.ts';
import { nodeReachable, nodeRemoved, nodeUnreachable } from './node-events.ts';
import { runRetried } from './retry.ts';
import { earliest, fireTimers, runCancelled, runCreated, runFinished } from './run-events.ts';
import type { RunState } from './state.ts';
import { isoOf } from './time.ts';
import { Transition } from './transition.ts';

/** A new state, and what is to be done about it. */
export interface Applied {
  state: RunState;
  effects: Effect[];
}

/**
 * The whole scheduler: folds an event into the state and says what is to be done. Synchronous and pure: the only clock
 * is `event.at`, the only chance is `event.jitter`. The old state stays valid. Events that do not fit (repeated, late,
 * about unknown steps) change nothing.
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

/** The fold of many events; effects of the past are of no interest: see `resume`. */
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
  // A late dispatch must be called back even when the run is over.
  if (event.type === 'attempt.dispatched') return attemptDispatched(transition, event);
  if (transition.fields.status !== 'running') return;
  switch (event.type) {
    case 'attempt.finished':
      return attemptFinished(transition, event);
    case 'run.cancelled':
      return runCancelled(transition, event);
    case 'run.finished':
      return runFinished(transition, event);
    case 'time.passed':
      return;
  }
}

/** Ends the run where nothing is left, else asks to be woken. */
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
  // A wake that came too early must be asked for again.
  if (wakeAt !== undefined && (wakeAt !== fields.wakeAt || event.type === 'time.passed'))
    effects.push({ type: 'wake', at: isoOf(wakeAt) });
  fields.wakeAt = wakeAt;
  return { state: transition.done(), effects };
}

/** ready: everything is done, but for nodes the operator removed. */
function outcomeOf(transition: Transition): RunOutcome {
  const { halt, plan } = transition.fields;
  if (halt !== undefined) return halt.outcome;
  const missing = plan.steps.some(
    (step, place) =>
      transition.step(place).position !== 'done' &&
      (step.node === plan.controlPlane || transition.node(step.node)?.fate !== 'removed'),
  );
  return missing ? 'failed' : 'ready';
}
