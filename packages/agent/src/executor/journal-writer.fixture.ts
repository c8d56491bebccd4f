// A program that the journal's test runs as a child process. It accepts and finishes attempts until it is killed, and
// tells its parent after each write what is written.
import { openJournal } from './journal.ts';
import { stepOf } from './test-executor.fixture.ts';

const journal = openJournal(process.argv[2] ?? '');
await journal.accept(stepOf([], { attemptId: 'endless' }));
process.send?.({ accepted: 'endless' });
for (let index = 0; ; index++) {
  const attemptId = `a${index}`;
  await journal.accept(stepOf([], { attemptId }));
  process.send?.({ accepted: attemptId });
  const now = new Date().toISOString();
  const times = { startedAt: now, finishedAt: now };
  const result = {
    attemptId,
    runId: 'run-test',
    stepId: 'phase/n1',
    outcome: 'ok' as const,
    tasks: [],
    outputs: {},
    ...times,
  };
  await journal.finish(result, { id: attemptId, event: { type: 'attempt.finished', result } });
  process.send?.({ done: attemptId });
}
