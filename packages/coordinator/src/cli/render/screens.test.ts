import { COORDINATOR, type Failure, type RunView, type StatusView } from '@vhive/shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RunReport, reportOf } from '../follow/run-report.ts';
import { commandWords, plainWords } from './command-words.ts';
import { doctorLines } from './doctor-lines.ts';
import { dryRunLines } from './dry-run-lines.ts';
import { failureLines } from './failure-lines.ts';
import { nodeTable } from './node-table.ts';
import { refusalLines } from './refusal-lines.ts';
import { aptFailure, at, doneStep, nodeOf, readyRun, runOf, stepOf } from './run-view.fixture.ts';
import { statusLines } from './status-lines.ts';
import { plainStyle } from './style.ts';
import { type ReadyCluster, successLines } from './success-lines.ts';
import { widthOf } from './text-width.ts';
import { joinTokenTable } from './token-table.ts';

/** The terminal on which every screen must have room. */
const WIDTH = 80;
const ROWS = 24;
const now = new Date(at(200));
const widest = (lines: readonly string[]) => Math.max(0, ...lines.map(widthOf));
const text = (lines: readonly string[]) => `${lines.join('\n')}\n`;
const words = commandWords('/srv/vhive', '/var/lib/vhive-coord');

const refusal = (gib: string): Failure => ({
  code: 'preflight',
  message: `2 things stand in the way:\n  - space: ${gib} GiB free on the root file system (of 200.0 GiB), at least 9000.0 GiB are needed (make room or grow the file system, or set preflight.minFreeGiB in the cluster file)\n  - kvm: /dev/kvm is missing (switch virtualization on in the firmware)`,
  hint: 'put right what is named, or let a check pass with preflight.ignore: [space, kvm] in the cluster file',
  permanent: true,
});

/** A run of so many nodes that preflight refuses, with downloads under way that are stopped. */
function refusedRun(count: number, failureOf: (index: number) => Failure): RunView {
  const names = Array.from({ length: count }, (_, index) => `node-${index + 1}`);
  const stopped = { code: 'not-run', message: 'stopped, because the run was stopped: preflight-host/node-2: space' };
  const steps = names.map((name, index) =>
    stepOf('preflight', name, { status: 'failed', startedAt: at(0), finishedAt: at(2), failure: failureOf(index) }),
  );
  const run = runOf(names, steps, { status: 'refused', finishedAt: at(3) });
  const downloads = Array.from({ length: 35 }, (_, index) => ({
    ...stepOf('artifacts', COORDINATOR, {
      status: index < 4 ? 'done' : 'skipped',
      startedAt: at(0),
      finishedAt: at(3),
    }),
    ...(index < 4 ? { tasks: doneStep('artifacts', COORDINATOR, 0, 3, 1, 0).tasks } : { failure: stopped }),
    id: `artifacts/${index}`,
  }));
  const others = run.steps.map((step) =>
    step.status === 'pending' ? { ...step, status: 'skipped' as const, failure: stopped } : step,
  );
  const phases = [...run.phases, { name: 'artifacts', title: 'Files' }];
  return { ...run, phases, steps: [...others, ...downloads] };
}

const refusedScreen = (run: RunView) =>
  refusalLines(reportOf(run, now), { width: WIDTH, rows: ROWS - 4 }, plainStyle, words);

describe('a refusal', () => {
  it('is one screen: every cause once, what to do, and nothing of what was only stopped', async () => {
    const lines = refusedScreen(refusedRun(25, (index) => refusal(`${150 + index}.0`)));
    await expect(text(lines)).toMatchFileSnapshot('snapshots/screen-refusal.txt');
    expect(lines.join('\n')).not.toMatch(/retry|\.lock|stopped|artifacts/);
  });

  it('stays one screen when every node has a reason of its own', () => {
    const lines = refusedScreen(
      refusedRun(40, (index) => ({
        ...aptFailure,
        code: 'preflight',
        message: `reason ${'ABCDEFGHIJ'[index % 10]}${'x'.repeat(index)} of this node`,
      })),
    );
    expect(lines.length).toBeLessThanOrEqual(ROWS - 4);
    expect(lines.some((line) => /^and \d+ more; all of them: vhive-coord status/.test(line))).toBe(true);
  });

  it('says that no node was changed only where that is so', () => {
    const run = refusedRun(2, () => refusal('1.0'));
    expect(statusOf(run)).toContain('Refused by preflight: no node was changed');
    const steps = [...run.steps, doneStep('system', 'node-1', 0, 1)];
    expect(statusOf({ ...run, steps })).toContain('Refused by preflight (');
  });
});

const cluster: ReadyCluster = {
  ...{ controlPlane: 'node-1', kubernetes: '1.35.3', operatorUser: 'ubuntu', magicDomain: true, simulated: false },
  usable: { gateway: '192.168.100.240', answer: { reply: 'Hello, vHive', readyMs: 3210, callMs: 12.4 } },
};

describe('success', () => {
  it('says in 15 lines what is there, where functions are called, and what to type next', async () => {
    const names = Array.from({ length: 4 }, (_, index) => `node-${index + 1}`);
    const lines = successLines(reportOf(readyRun(names), now), cluster, WIDTH, plainWords);
    // Two more lines are the headline's.
    expect(lines.length + 2).toBeLessThanOrEqual(15);
    await expect(text(lines)).toMatchFileSnapshot('snapshots/screen-success.txt');
  });

  it('needs no more lines for a hundred nodes', () => {
    const names = Array.from({ length: 100 }, (_, index) => `node-${index + 1}.rack`.replace('.', '-'));
    expect(successLines(reportOf(readyRun(names), now), cluster, WIDTH, words).length + 2).toBeLessThanOrEqual(15);
  });
});

function failing(count: number): RunReport {
  const names = Array.from({ length: count }, (_, index) => `node-${index + 1}`);
  const steps = names.slice(1).map((name) =>
    stepOf('system', name, {
      ...{ status: 'failed', startedAt: at(3), finishedAt: at(63), attempts: 3 },
      failure: { ...aptFailure, task: 'packages: containerd, conntrack', hint: `apt-get update on ${name}` },
    }),
  );
  return reportOf(runOf(names, steps, { status: 'failed', finishedAt: at(64) }), now);
}

describe('the failure of a step', () => {
  it('says the cause once with its nodes, the last lines, the hint and the next commands', async () =>
    await expect(text(failureLines(failing(9), WIDTH, plainStyle, plainWords))).toMatchFileSnapshot(
      'snapshots/screen-failure.txt',
    ));

  it('advises no retry where one cannot help', () => {
    const report = failing(3);
    const forGood = (failure: Failure | undefined) => ({ ...(failure ?? aptFailure), permanent: true });
    const nodes = report.nodes.map((node) => (node.failure ? { ...node, failure: forGood(node.failure) } : node));
    const lines = failureLines({ ...report, nodes }, WIDTH, plainStyle, plainWords);
    expect(lines.at(-1)).toBe('Put that right, then type the same command again.');
    expect(lines.join('\n')).not.toContain('retry');
  });
});

const fourNodes = [
  nodeOf('node-1', { local: true, address: '192.168.100.101' }),
  nodeOf('node-2', { address: '192.168.100.102', clockOffsetMs: 2100 }),
  nodeOf('node-3', { address: '192.168.100.103', status: 'unreachable' }),
  nodeOf('node-4', { address: '192.168.100.104', status: 'pending', lastSeen: null, load: null, clockOffsetMs: null }),
];
const statusView = (run: RunView | null): StatusView => ({
  ...{ cluster: 'vhive', version: '0.1.0', time: at(200), natsVersion: '2.9.10', rejected: {}, nodes: fourNodes, run },
});
const room = { width: WIDTH, now, attached: true, words: plainWords };
const statusOf = (run: RunView) => statusLines(statusView(run), room, plainStyle).join('\n');

it('status', async () => {
  const lines = statusLines(statusView(readyRun(['node-1', 'node-2', 'node-3'])), room, plainStyle);
  await expect(text(lines)).toMatchFileSnapshot('snapshots/screen-status.txt');
});

it('nodes ls', async () => {
  const lines = nodeTable(fourNodes, { width: WIDTH, now, run: readyRun(['node-1', 'node-2', 'node-3']) }, plainStyle);
  await expect(text(lines)).toMatchFileSnapshot('snapshots/screen-nodes.txt');
});

it('status of a coordinator that was started for the question says that nodes may not have come yet', () =>
  expect(statusLines(statusView(null), { ...room, attached: false }, plainStyle)[1]).toMatch(
    /^no coordinator was running/,
  ));

const anyName = fc.stringMatching(/^[a-z]([a-z0-9-]{0,60}[a-z0-9])?$/);
const anyMessage = fc.array(fc.oneof(fc.string(), fc.stringMatching(/^[a-z/._-]{0,120}$/)), { maxLength: 12 });
const anyRun = fc
  .record({
    names: fc.uniqueArray(anyName, { minLength: 1, maxLength: 6 }),
    message: anyMessage.map((parts) => parts.join(' ').replaceAll(/\p{Cc}/gu, '')),
    status: fc.constantFrom('ready' as const, 'refused' as const, 'failed' as const, 'timed-out' as const),
    mode: fc.constantFrom('apply' as const, 'check' as const),
  })
  .map(({ names, message, status, mode }) => {
    const failure = { code: 'x', message, hint: message, task: message, lastLines: [message] };
    const tasks = [{ id: 't', action: 'x', status: 'would-change' as const, durationMs: 1, changes: [message] }];
    const steps = names.map((name, index) =>
      index % 2 === 0
        ? stepOf('runtime', name, { status: 'failed', startedAt: at(1), finishedAt: at(2), failure, tasks })
        : doneStep('runtime', name, 0, 1),
    );
    return { names, message, run: runOf(names, steps, { status, mode }) };
  });

it('no screen is wider than the terminal, whatever is told', () =>
  fc.assert(
    fc.property(anyRun, fc.integer({ min: 60, max: 120 }), ({ names, message, run }, width) => {
      const report = reportOf(run, now);
      const nodes = names.map((name) => nodeOf(name, { address: '255.255.255.255', rejected: { x: 99_999 } }));
      const token = {
        id: 'abcdefgh',
        description: message,
        createdAt: at(0),
        expiresAt: at(99),
        uses: 3,
        node: null,
        revoked: false,
      };
      const diagnosis = [
        {
          phase: 'runtime',
          state: 'unwell' as const,
          complaints: [message],
          realness: { lab: 'real' as const, note: '', byHand: [] },
        },
      ];
      const screens = {
        status: statusLines({ ...statusView(run), nodes }, { ...room, width }, plainStyle),
        failure: failureLines(report, width, plainStyle, plainWords).filter((line) => !line.includes('vhive-coord')),
        refusal: refusalLines(report, { width, rows: 20 }, plainStyle, plainWords),
        success: successLines(report, { ...cluster, controlPlane: names[0] ?? '' }, width, plainWords),
        dryRun: dryRunLines(run, () => message, { width, style: plainStyle }),
        nodes: nodeTable(nodes, { width, now, run }, plainStyle),
        tokens: joinTokenTable([token], { width, now }, plainStyle),
        doctor: doctorLines(diagnosis, { width }, plainStyle),
      };
      // Commands to copy are never broken, so those of status are left out here.
      screens.status = screens.status.filter((line) => !line.includes('vhive-coord'));
      for (const [name, lines] of Object.entries(screens)) expect(widest(lines), name).toBeLessThanOrEqual(width);
    }),
  ));
