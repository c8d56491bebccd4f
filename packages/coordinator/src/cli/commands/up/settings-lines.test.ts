import { expect, it } from 'vitest';
import { resumedLines } from './settings-lines.ts';

const runId = 'run-20260301t100000-abc123';
const createdAt = '2026-03-01T10:00:00.000Z';

it('says nothing of a run that was begun now', () => {
  expect(resumedLines({ runId })).toEqual([]);
});

it('says what a resumed run goes by: its cluster file of then, its mirror tree and the program that planned it', () => {
  const from = { createdAt, version: '0.1.0', file: 'vhive.yaml', mirror: '/srv/mirror', samePlan: true };
  expect(resumedLines({ runId, from })).toEqual([
    {
      level: 'info',
      text: `run ${runId} goes by what it was begun with at ${createdAt}: the cluster file vhive.yaml, the mirror tree /srv/mirror, the plan of vhive-coord 0.1.0`,
    },
  ]);
  expect(resumedLines({ runId, from: { createdAt, samePlan: true } })[0]?.text).toContain(': the internet, the plan');
});

it('warns where today’s program would plan otherwise, and says how to begin anew', () => {
  const [, warning] = resumedLines({ runId, from: { createdAt, samePlan: false } });
  expect(warning).toMatchObject({ level: 'warning', text: expect.stringContaining(`runs cancel ${runId}`) });
});
