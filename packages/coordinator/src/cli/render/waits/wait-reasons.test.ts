import type { Progress } from '@vhive/shared';
import { expect, test } from 'vitest';
import { ReasonsTeller } from '../../follow/reasons-teller.ts';
import { at, BEGIN, runOf, stepOf } from '../run-view.fixture.ts';
import { waitSection } from './wait-reasons.ts';

const names = ['master', 'worker1', 'worker2'];
const pod = 'pod istio-system/istiod-7 (on worker1): discovery: CreateContainerConfigError, runAsNonRoot';
const view = runOf(names, [
  stepOf('network', 'master', { status: 'running', attemptStartedAt: at(5), waiting: [pod, '0 of 1 pods available'] }),
  ...names.slice(1).map((name) =>
    stepOf('nodes-ready', name, {
      status: 'running',
      attemptStartedAt: at(9),
      waiting: [`node ${name} is not there`],
    }),
  ),
]);
const progressOf = (stepId: string, waiting?: string[]): Progress => ({
  ...{ type: 'task.progress', runId: 'r', stepId, attemptId: 'r.s.1', taskId: 't', title: 'istiod is available' },
  ...{ index: 0, count: 1, status: 'started', ...(waiting ? { waiting } : {}) },
});

test('the section of `status` has the longest wait first, and nodes that wait for the same once', () => {
  expect(waitSection(view, 200)).toEqual([
    '',
    'master network (network) waits:',
    `  ${pod}`,
    '  0 of 1 pods available',
    'worker1 nodes-ready (nodes-ready) and 1 more wait:',
    '  node worker1 is not there',
  ]);
  expect(waitSection(runOf(names, []), 80)).toEqual([]);
  const hostile = { ...view, steps: [stepOf('x', 'master', { status: 'running', waiting: ['a\u001b[2Jb'] })] };
  expect(waitSection(hostile, 80).join('\n')).not.toContain('\u001b');
});

test('in lines that stay, reasons are told when they are new, and not more often than is read', () => {
  const teller = new ReasonsTeller();
  const due = (second: number, waiting?: string[]) => {
    const plain = { ...view, steps: [stepOf('network', 'master', { status: 'running', attemptStartedAt: at(0) })] };
    const said = new Map([['network/master', progressOf('network/master', waiting)]]);
    return teller.due(plain, said, new Date(BEGIN.getTime() + second * 1000));
  };
  expect(due(5)).toEqual([]);
  expect(due(10, [pod])).toEqual([`master network (network) waits (istiod is available):\n${pod}`]);
  expect(due(12, [pod])).toEqual([]);
  expect(due(14, ['another'])).toEqual([]);
  expect(due(25, ['another'])).toEqual(['master network (network) waits (istiod is available):\nanother']);
  expect(due(90, ['another'])).toEqual([]);
});
