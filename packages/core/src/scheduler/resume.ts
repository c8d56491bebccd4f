import type { Effect } from './effects.ts';
import type { RunState } from './state.ts';
import { isoOf } from './time.ts';

/**
 * Returns the effects that are still to be carried out for a state that was replayed. Running attempts are sent again
 * under their own ids.
 */
export function resume(state: RunState): Effect[] {
  const effects: Effect[] = [];
  const cancelling = state.halt?.cancelling === true;
  let index = 0;
  for (const { position, attemptId, attempts } of state.steps) {
    const step = state.plan.steps[index++];
    if (step === undefined || (position !== 'running' && position !== 'dispatching')) continue;
    if (cancelling)
      effects.push({ type: 'cancel', attemptId, executor: step.executor, reason: state.halt?.reason ?? '' });
    else
      effects.push({ type: 'dispatch', stepId: step.id, attemptId, number: attempts, resend: position === 'running' });
  }
  if (state.wakeAt !== undefined) effects.push({ type: 'wake', at: isoOf(state.wakeAt) });
  if (state.finishing !== undefined) effects.push({ type: 'finish', outcome: state.finishing });
  return effects;
}

/** Whether an attempt is the running one of its step. Only then may its command be sent. */
export function isLive(state: RunState, stepId: string, attemptId: string): boolean {
  const index = state.lookup.indexes.get(stepId);
  if (index === undefined) return false;
  const step = state.steps.get(index);
  return step.position === 'running' && step.attemptId === attemptId;
}
