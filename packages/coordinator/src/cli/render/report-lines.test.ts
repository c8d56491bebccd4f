import { COORDINATOR } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { reportOf } from '../follow/run-report.ts';
import { plainWords } from './command-words.ts';
import { reportLines } from './report-lines.ts';
import { aptFailure, at, doneStep, readyRun, runOf, stepOf } from './run-view.fixture.ts';
import { plainStyle } from './style.ts';

const now = new Date(at(100));
const all = { width: Number.POSITIVE_INFINITY, mostNodes: Number.POSITIVE_INFINITY };
const text = (lines: string[]) => lines.join('\n');

function failedRun() {
  const steps = [
    doneStep('preflight', 'master', 0, 2),
    doneStep('preflight', 'worker2', 0, 2.4),
    stepOf('system', 'worker2', {
      status: 'failed',
      startedAt: at(3),
      finishedAt: at(63),
      failure: aptFailure,
      attempts: 3,
    }),
    stepOf('runtime', 'worker2', { status: 'skipped', attempts: 0 }),
  ];
  const nodes = [
    { name: 'master', status: 'ok' as const },
    { name: 'worker2', status: 'failed' as const, failure: aptFailure },
  ];
  return runOf(['master', 'worker2'], steps, { status: 'failed', finishedAt: at(64), nodes });
}

describe('the final report', () => {
  it('of a ready cluster', async () =>
    await expect(
      text(reportLines(reportOf(readyRun(['master', 'worker1', 'worker2']), now), 101.2, all, plainStyle, plainWords)),
    ).toMatchFileSnapshot('snapshots/report-ready.txt'));

  it('splits what does not fit 80 columns', async () => {
    const lines = reportLines(
      reportOf(readyRun(['master', 'worker1']), now),
      101.2,
      { ...all, width: 80 },
      plainStyle,
      plainWords,
    );
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    await expect(text(lines)).toMatchFileSnapshot('snapshots/report-ready-80-columns.txt');
  });

  it('of failures: cause, last lines, hint, logs, retry', async () =>
    await expect(text(reportLines(reportOf(failedRun(), now), 64, all, plainStyle, plainWords))).toMatchFileSnapshot(
      'snapshots/report-failed.txt',
    ));

  it('of 100 nodes on a terminal leaves out those that are well, never those that are not', () => {
    const names = Array.from({ length: 100 }, (_, index) => `node${index}`);
    const run = readyRun(names);
    const steps = run.steps.map((step) =>
      step.id === 'join/node77' ? { ...step, status: 'failed' as const, failure: aptFailure } : step,
    );
    const lines = reportLines(
      reportOf({ ...run, steps, status: 'failed' }, now),
      5,
      { width: 200, mostNodes: 10 },
      plainStyle,
      plainWords,
    );
    expect(lines.filter((line) => /^node\d+ /.test(line))).toHaveLength(10);
    expect(lines.some((line) => line.startsWith('node77  failed'))).toBe(true);
    expect(text(lines)).toContain('and 90 more nodes');
  });

  it('says that a second run changed nothing', () => {
    const lines = text(reportLines(reportOf(readyRun(['master'], 0), now), 3, all, plainStyle, plainWords));
    expect(lines).toContain('Tasks: 0 changed, 27 unchanged.');
  });
});

describe('reportOf', () => {
  it('keeps the coordinator apart from the nodes', () => {
    const run = readyRun(['master']);
    const own = doneStep('runtime', COORDINATOR, 0, 4);
    // Between the two nobody was at work.
    const report = reportOf({ ...run, steps: [...run.steps, own] }, now);
    expect(report.nodes.map(({ name }) => name)).toEqual(['master', COORDINATOR]);
    expect(report.phases.find(({ phase }) => phase === 'runtime')?.seconds).toBe(12);
  });

  it('names the phase of the first cause', () => {
    const worker = reportOf(failedRun(), now).nodes.find(({ name }) => name === 'worker2');
    expect(worker).toMatchObject({
      outcome: 'failed',
      failure: { phase: 'system', step: 'system/worker2', hint: aptFailure.hint },
    });
  });

  it('calls nodes that never came to their end unfinished', () =>
    expect(reportOf(failedRun(), now).nodes[0]).toMatchObject({ name: 'master', outcome: 'unfinished' }));
});
