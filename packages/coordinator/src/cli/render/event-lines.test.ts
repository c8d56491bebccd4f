import type { AttemptSummary, RunEventOf } from '@vhive/shared';
import { expect, it } from 'vitest';
import { eventLines } from './event-lines.ts';
import { at } from './run-view.fixture.ts';

const step = {
  ...{ id: 'preflight-host/node-2', phase: 'preflight', node: 'node-2', executor: 'node-2', title: 'host' },
  ...{ status: 'done' as const, attempts: 1 },
};
const finished = (outputs: AttemptSummary['outputs']): RunEventOf<'attempt.finished'> => ({
  type: 'attempt.finished',
  at: at(2),
  jitter: 0,
  result: {
    attemptId: 'run-1:preflight-host/node-2:1',
    runId: 'run-1',
    stepId: 'preflight-host/node-2',
    outcome: 'ok',
    tasks: [],
    outputs,
    startedAt: at(1),
    finishedAt: at(2),
  },
});
const context = { mode: 'apply' as const, step: () => step, givenUp: [], phases: ['preflight'] };

it('tells what the test function answered', () => {
  const lines = eventLines(finished({ call: { reply: 'Hello, vHive', readyMs: 3210, callMs: 12.4 } }), context);
  expect(lines.at(-1)).toEqual({
    text: 'A test function was ready after 3.2 s and answered in 12 ms: Hello, vHive',
    tone: 'good',
  });
});
