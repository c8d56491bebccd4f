import type { AttemptSummary, Failure, RunEventOf, Span } from '@vhive/shared';
import { backoff } from './backoff.ts';
import { stoppedFailure } from './not-run.ts';
import { isoOf, millisecondsOf } from './time.ts';
import type { Transition } from './transition.ts';

/**
 * How often the attempts of a step may be interrupted, because the agent was killed or restarted, before that counts as
 * a failure of the step.
 */
export const MAX_INTERRUPTIONS = 20;

/** Handles the event that the command of an attempt is about to be sent: the step runs from now on. */
export function attemptDispatched(transition: Transition, event: RunEventOf<'attempt.dispatched'>): void {
  const index = transition.fields.lookup.indexes.get(event.stepId);
  if (index === undefined) return;
  const step = transition.step(index);
  const current = step.attemptId === event.attemptId;
  if (current && step.position === 'dispatching')
    return transition.update(index, {
      position: 'running',
      startedAt: step.startedAt ?? event.at,
      attemptStartedAt: event.at,
    });
  // The step was skipped or begun anew between the effect and this event, so the agent must not go on with the attempt.
  // All other cases are repetitions of the event.
  if (!current || step.position === 'skipped')
    transition.effects.push({
      type: 'cancel',
      attemptId: event.attemptId,
      executor: transition.planned(index).executor,
      reason: 'superseded',
    });
}

/** Handles the result of an attempt. Results of superseded attempts and repeated results are ignored. */
export function attemptFinished(transition: Transition, event: RunEventOf<'attempt.finished'>): void {
  const { result } = event;
  const index = transition.fields.lookup.indexes.get(result.stepId);
  if (index === undefined) return;
  const step = transition.step(index);
  if (step.position !== 'running' || step.attemptId !== result.attemptId) return;
  transition.release(index);
  transition.update(index, {
    attemptStartedAt: undefined,
    spans: [...step.spans, spanOf(step.attemptStartedAt ?? event.at, event)],
  });
  const { tasks, outputs } = result;
  if (result.outcome === 'ok') return transition.end(index, { position: 'done', tasks, outputs, failure: undefined });
  transition.update(index, { tasks });
  switch (result.outcome) {
    case 'failed':
    case 'timed-out':
      return failed(transition, index, failureOf(result), event.jitter);
    case 'interrupted':
    case 'cancelled':
      return interrupted(transition, index, result);
  }
}

/**
 * Returns when an attempt was at work, by the coordinator's clock. Its length is the executor's own, because the result
 * may have come hours later: the coordinator was away meanwhile.
 */
function spanOf(startedAt: string, { at, result }: RunEventOf<'attempt.finished'>): Span {
  const took = Math.max(0, millisecondsOf(result.finishedAt) - millisecondsOf(result.startedAt));
  const start = millisecondsOf(startedAt);
  return { startedAt, finishedAt: isoOf(Math.max(start, Math.min(start + took, millisecondsOf(at)))) };
}

function failed(transition: Transition, index: number, failure: Failure, jitter: number): void {
  const { policy } = transition.planned(index);
  const failures = transition.step(index).failures + 1;
  transition.update(index, { failures, failure });
  if (failure.permanent === true || failures > policy.retries || !mayStartAgain(transition, index))
    return transition.fail(index, failure);
  transition.update(index, { position: 'waiting' });
  transition.setTimer(`step ${index}`, transition.fields.now + backoff(policy.backoffMs, failures, jitter));
}

function interrupted(transition: Transition, index: number, result: AttemptSummary): void {
  const failure = failureOf(result);
  const { halt } = transition.fields;
  // The run is being cancelled and the attempt stopped as it was told to, so this is nobody's fault.
  if (halt?.cancelling === true) return transition.end(index, { position: 'failed', failure });
  // What was only stopped because something else had failed is no failure of its own.
  if (halt !== undefined && result.outcome === 'cancelled')
    return transition.end(index, { position: 'skipped', failure: stoppedFailure(halt) });
  const interruptions = transition.step(index).interruptions + 1;
  transition.update(index, { interruptions, failure });
  if (interruptions > MAX_INTERRUPTIONS) {
    const message = `interrupted ${interruptions} times; the last time: ${failure.message}`;
    return transition.fail(index, { ...failure, message });
  }
  if (!mayStartAgain(transition, index)) return transition.fail(index, failure);
  transition.ready(index);
}

/** Whether a step may be attempted again: neither the run has been halted nor its node given up. */
function mayStartAgain(transition: Transition, index: number): boolean {
  const node = transition.node(transition.planned(index).node);
  return transition.fields.halt === undefined && (node === undefined || node.fate === 'ok');
}

function failureOf(result: AttemptSummary): Failure {
  if (result.failure !== undefined) return result.failure;
  switch (result.outcome) {
    case 'timed-out':
      return { code: 'timeout', message: 'the time limit of the step passed' };
    case 'interrupted':
      return { code: 'interrupted', message: 'the agent was killed or restarted in the middle' };
    case 'cancelled':
      return { code: 'interrupted', message: 'cancelled' };
    default:
      return { code: 'internal', message: 'failed without saying why' };
  }
}
