import { apply, type Effect, initialState, replay, resume, view } from '@vhive/core/scheduler/index';
import type { RunEvent } from '@vhive/shared';
import { describe, expect, test } from 'vitest';
import { histories } from './history.ts';

/** The histories are of runs that really happened. Today's scheduler must still decide what was decided then. */
describe.each(histories())('%s', (_name, events) => {
  test('every dispatch in it was asked for, and the end is the recorded end', () => {
    let state = initialState();
    const asked = new Set<string>();
    for (const event of events) {
      if (event.type === 'attempt.dispatched')
        expect(asked, `asked for ${event.attemptId}`).toContain(`${event.stepId} ${event.attemptId}`);
      const applied = apply(state, event);
      state = applied.state;
      for (const effect of applied.effects) remember(effect, asked);
    }
    const end = events.findLast((event) => event.type === 'run.finished');
    expect(view(state).status).toBe(end?.type === 'run.finished' ? end.outcome : 'running');
  });

  test('a coordinator killed after any event does no finished step again', () => {
    for (let count = 1; count <= events.length; count += 1) {
      const before = events.slice(0, count);
      const done = finishedWell(before);
      const again = resume(replay(before, initialState())).flatMap((effect) =>
        effect.type === 'dispatch' && done.has(effect.stepId) ? [effect.stepId] : [],
      );
      expect(again, `after event ${count}`).toEqual([]);
    }
  });

  test('its view has a status for every step and node', () => {
    const end = view(replay(events, initialState()));
    const created = events[0];
    if (created?.type !== 'run.created') throw new Error('a history begins with run.created');
    expect(end.steps.map((step) => step.id)).toEqual(created.plan.steps.map((step) => step.id));
    expect(end.nodes.map((node) => node.name)).toEqual(created.plan.nodes);
  });
});

test('there are histories', () => {
  expect(histories().length).toBeGreaterThan(0);
});

function remember(effect: Effect, asked: Set<string>): void {
  if (effect.type === 'dispatch') asked.add(`${effect.stepId} ${effect.attemptId}`);
}

function finishedWell(events: readonly RunEvent[]): Set<string> {
  return new Set(
    events.flatMap((event) =>
      event.type === 'attempt.finished' && event.result.outcome === 'ok' ? [event.result.stepId] : [],
    ),
  );
}
