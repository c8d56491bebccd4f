import { stripVTControlCharacters } from 'node:util';
import type { Progress } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { aptFailure, at, BEGIN, doneStep, runOf, stepOf } from '../run-view.fixture.ts';
import { colorStyle, plainStyle } from '../style.ts';
import type { Canvas, LiveModel } from './live-model.ts';
import { renderLive } from './live-view.ts';

const wide: Canvas = { width: 120, height: 40, now: new Date(at(75)), frame: 3 };
const narrow: Canvas = { ...wide, width: 80, height: 24 };

function progressOf(stepId: string, title: string, detail?: string): [string, Progress] {
  const base = { type: 'task.progress', runId: 'r', attemptId: 'a', taskId: 't', index: 3, count: 11 } as const;
  return [stepId, { ...base, stepId, title, status: 'started', ...(detail === undefined ? {} : { detail }) }];
}

const three: LiveModel = {
  startedAt: BEGIN,
  nodes: [],
  progress: new Map([
    progressOf('runtime/worker1', 'containerd 2.2.3 in /usr/local', '120 of 300 MB'),
    progressOf('kubernetes/master', 'kubeadm, kubelet and kubectl 1.35.3 of the publisher, verified and unpacked'),
  ]),
  view: runOf(
    ['master', 'worker1', 'worker2'],
    [
      ...['master', 'worker1', 'worker2'].flatMap((name) => [
        doneStep('preflight', name, 0, 3),
        doneStep('system', name, 3, 9),
      ]),
      doneStep('runtime', 'master', 9, 30),
      stepOf('kubernetes', 'master', { status: 'running', startedAt: at(30) }),
      stepOf('runtime', 'worker1', { status: 'running', startedAt: at(9) }),
      stepOf('runtime', 'worker2', { status: 'failed', startedAt: at(9), finishedAt: at(20), failure: aptFailure }),
    ],
  ),
};

function hundred(): LiveModel {
  const names = ['master', ...Array.from({ length: 99 }, (_, index) => `worker${index + 1}`)];
  const steps = names.flatMap((name, index) => [
    doneStep('preflight', name, 0, 3),
    index % 3 === 0
      ? stepOf('system', name, { status: 'running', startedAt: at(3 + index / 10) })
      : doneStep('system', name, 3, 8),
    ...(index % 40 === 1 ? [stepOf('runtime', name, { status: 'failed', startedAt: at(9), failure: aptFailure })] : []),
  ]);
  return { startedAt: BEGIN, nodes: [], progress: new Map(), view: runOf(names, steps) };
}

const widest = (lines: string[]) => Math.max(...lines.map((line) => stripVTControlCharacters(line).length));

describe('the live view', () => {
  it('shows a row per node, the slowest on top', async () =>
    await expect(renderLive(three, wide, plainStyle).join('\n')).toMatchFileSnapshot('snapshots/live-3-nodes.txt'));

  it('says below it what a step waits for, as far as there is room', () => {
    const reasons = [
      'pod kube-system/coredns-1 (on worker1): coredns: ErrImagePull, no such image here',
      'a\u001b[2Jb',
    ];
    const [id, progress] = progressOf('kubernetes/master', 'coredns runs');
    const model = { ...three, progress: new Map([[id, { ...progress, waiting: reasons }]]) };
    const lines = renderLive(model, narrow, plainStyle);
    expect(lines.slice(-5)).toEqual([
      '',
      'master kubernetes (kubernetes) waits (coredns runs):',
      '  pod kube-system/coredns-1 (on worker1): coredns: ErrImagePull, no such image',
      '    here',
      '  a\\x1b[2Jb',
    ]);
    expect(widest(lines)).toBeLessThanOrEqual(80);
    expect(renderLive(model, { ...narrow, height: 9 }, plainStyle).length).toBeLessThanOrEqual(8);
  });

  it('fits 80 columns', async () => {
    const lines = renderLive(three, narrow, plainStyle);
    expect(widest(lines)).toBeLessThanOrEqual(80);
    await expect(lines.join('\n')).toMatchFileSnapshot('snapshots/live-3-nodes-80-columns.txt');
  });

  it('shows counts, the slowest and the failures for 100 nodes', async () => {
    const lines = renderLive(hundred(), narrow, plainStyle);
    expect(widest(lines)).toBeLessThanOrEqual(80);
    expect(lines.length).toBeLessThan(24);
    await expect(lines.join('\n')).toMatchFileSnapshot('snapshots/live-100-nodes.txt');
  });

  it('says nothing else in colour', () => {
    const coloured = renderLive(three, wide, colorStyle);
    expect(coloured.join('\n')).toContain('\u001b[31m');
    expect(coloured.map(stripVTControlCharacters)).toEqual(renderLive(three, wide, plainStyle));
  });

  it('names a node that is cut off', () => {
    const view = {
      ...three.view,
      nodes: three.view.nodes.map((node) =>
        node.name === 'worker1' ? { ...node, status: 'unreachable' as const } : node,
      ),
    };
    const row = renderLive({ ...three, view }, wide, plainStyle).find((line) => line.includes('worker1'));
    expect(row).toContain('unreachable: waiting for it to come back');
  });

  it('names what each node waits for, since when and until when', async () => {
    const running = { status: 'running' as const, startedAt: at(30), attemptStartedAt: at(61) };
    const view = runOf(
      ['master', 'worker1', 'worker2'],
      [
        ...['master', 'worker1', 'worker2'].map((name) => doneStep('preflight', name, 0, 3)),
        // A point in the plan, which a person need not know.
        stepOf('nodes-ready', 'master', { waitsFor: ['join/worker1', 'join/worker2'] }),
        stepOf('system', 'master', { waitsFor: ['nodes-ready/master'] }),
        stepOf('join', 'worker1', { ...running, attemptEndsBy: at(421) }),
        stepOf('join', 'worker2', {
          ...{ status: 'waiting', startedAt: at(30), nextAttemptAt: at(87), attemptsLeft: 2, attempts: 4 },
          failure: { code: 'step-failed', message: 'kubeadm join: exit status 1 (connection refused)' },
        }),
      ],
    );
    const lines = renderLive({ ...three, progress: new Map(), view }, narrow, plainStyle);
    await expect(lines.join('\n')).toMatchFileSnapshot('snapshots/live-waits-80-columns.txt');
  });
});
