import { apply, type Effect, isLive, type RunState } from '@vhive/core/scheduler/index';
import type { RunEvent } from '@vhive/shared';

/**
 * Folds events into the state. After each event it also folds the dispatches that follow from it, so that their effects
 * find their event stored. An event that cannot be folded is given to `putAside` and changes nothing: it must not be in
 * the way of the others. Only a run that cannot even begin throws.
 */
export function foldWithDispatches(
  from: RunState,
  arrived: readonly RunEvent[],
  putAside: (event: RunEvent, cause: unknown) => void,
): { state: RunState; events: RunEvent[]; effects: Effect[] } {
  const at = new Date().toISOString();
  const events: RunEvent[] = [];
  const effects: Effect[] = [];
  let state = from;
  const fold = (event: RunEvent): void => {
    const applied = apply(state, event);
    state = applied.state;
    events.push(event);
    for (const effect of applied.effects) {
      effects.push(effect.type === 'dispatch' ? { ...effect, resend: true } : effect);
      if (effect.type !== 'dispatch') continue;
      const { stepId, attemptId, number } = effect;
      fold({ type: 'attempt.dispatched', at, stepId, attemptId, number });
    }
  };
  for (const event of arrived) {
    // When an answer was lost, a result comes once as a reply and once more as an event. It is stored once.
    if (event.type === 'attempt.finished' && !isLive(state, event.result.stepId, event.result.attemptId)) continue;
    const before = { state, events: events.length, effects: effects.length };
    try {
      fold(event);
    } catch (cause) {
      if (event.type === 'run.created') throw cause;
      state = before.state;
      events.length = before.events;
      effects.length = before.effects;
      putAside(event, cause);
    }
  }
  return { state, events, effects };
}
