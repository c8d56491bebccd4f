import type { AttemptSummary, Failure, RunEventOf } from '@vhive/shared';
import { backoff } from './backoff.ts';
import type { Transition } from './transition.ts';

/** An attempt may be interrupted (agent killed or restarted) this often before that counts as a failure of the step. */
export const MAX_INTERRUPTIONS = 20;

/** The command is about to be sent: the step runs. */
export function attemptDispatched(transition: Transition, event: RunEventOf<'attempt.dispatched'>): void {
  const place = transition.fields.index.places.get(event.stepId);
  if (place === undefined) return;
  const step = transition.step(place);
  const current = step.attemptId === event.attemptId;
  if (current && step.position === 'dispatching')
    return transition.update(place, { position: 'running', startedAt: step.startedAt ?? event.at });
  // Skipped between the effect and this event: the agent must not go on with it. Everything else is a repetition.
  if (!current || step.position === 'skipped')
    transition.effects.push({
      type: 'cancel',
      attemptId: event.attemptId,
      executor: transition.planned(place).executor,
      reason: 'superseded',
    });
}

/** A result has come. Results of superseded attempts and repeated ones are ignored. */
export function attemptFinished(transition: Transition, event: RunEventOf<'attempt.finished'>): void {
  const { result } = event;
  const place = transition.fields.index.places.get(result.stepId);
  if (place === undefined) return;
  const step = transition.step(place);
  if (step.position !== 'running' || step.attemptId !== result.attemptId) return;
  transition.release(place);
  const { tasks, outputs } = result;
  if (result.outcome === 'ok') return transition.end(place, { position: 'done', tasks, outputs, failure: undefined });
  transition.update(place, { tasks });
  switch (result.outcome) {
    case 'failed':
    case 'timed-out':
      return failed(transition, place, failureOf(result), event.jitter);
    case 'interrupted':
    case 'cancelled':
      return interrupted(transition, place, result);
  }
}

function failed(transition: Transition, place: number, failure: Failure, jitter: number): void {
  const { policy } = transition.planned(place);
  const failures = transition.step(place).failures + 1;
  transition.update(place, { failures, failure });
  if (failure.permanent === true || failures > policy.retries || !mayStartAgain(transition, place))
    return transition.fail(place, failure);
  transition.update(place, { position: 'waiting' });
  transition.setTimer(`step ${place}`, transition.fields.now + backoff(policy.backoffMs, failures, jitter));
}

function interrupted(transition: Transition, place: number, result: AttemptSummary): void {
  const failure = failureOf(result);
  // Told to stop, and it did: nobody's fault.
  if (transition.fields.halt?.cancelling === true) return transition.end(place, { position: 'failed', failure });
  const interruptions = transition.step(place).interruptions + 1;
  transition.update(place, { interruptions, failure });
  if (interruptions > MAX_INTERRUPTIONS) {
    const message = `interrupted ${interruptions} times; the last time: ${failure.message}`;
    return transition.fail(place, { ...failure, message });
  }
  if (!mayStartAgain(transition, place)) return transition.fail(place, failure);
  transition.ready(place);
}

/** Whether the run and the node still take new attempts. */
function mayStartAgain(transition: Transition, place: number): boolean {
  const node = transition.node(transition.planned(place).node);
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
