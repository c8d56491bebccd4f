import type { RunView, StepView } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { doctorLines } from '../../render/doctor-lines.ts';
import { doneStep, runOf, stepOf } from '../../render/run-view.fixture.ts';
import { plainStyle } from '../../render/style.ts';
import { diagnose } from './diagnosis.ts';

const title = (_step: string, task: string) => `title of ${task}`;
const viewOf = (steps: StepView[]): RunView => runOf(['n1'], steps, { mode: 'check', status: 'ready' });
const well = [
  ...['preflight', 'system', 'runtime', 'kubernetes', 'kubelet', 'control-plane', 'network', 'nodes-ready', 'ready'],
].map((phase) => doneStep(phase, 'n1', 0, 1, 0, 3));

describe('the doctor', () => {
  it('finds a cluster well that is as it was left', () => {
    const diagnosis = diagnose(viewOf(well), title);
    expect(diagnosis.filter(({ phase }) => phase !== 'join').every(({ state }) => state === 'well')).toBe(true);
    expect(doctorLines(diagnosis, { width: 120 }, plainStyle).at(-1)).toBe('All is as it should be.');
  });

  it('gives commands whole, one on a line, in a narrow terminal too', () => {
    const lines = doctorLines(diagnose(viewOf(well), title), { width: 80 }, plainStyle);
    const command = 'kubectl get pods -n kube-system -o wide';
    expect(lines.find((line) => line.startsWith('network '))).toMatch(new RegExp(`${command}$`));
    const runtime = lines.findIndex((line) => line.startsWith('runtime '));
    expect(lines[runtime]).toMatch(/systemctl status containerd$/);
    expect(lines[runtime + 1]).toMatch(/^ +crictl info$/);
    expect(lines.join('\n')).not.toContain('…');
  });

  it('tells what differs, what failed and what was not reached, with node and task', () => {
    const differs = stepOf('system', 'n1', {
      status: 'done',
      tasks: [
        { id: 'sysctl', action: 'sysctl', status: 'would-change', durationMs: 1, changes: ['net.a: 0 becomes 1'] },
      ],
    });
    const failure = { code: 'not-converged', message: 'containerd.service: is failed' };
    const failed = stepOf('runtime', 'n1', {
      status: 'failed',
      failure,
      tasks: [{ id: 'service', action: 'systemd.unit', status: 'failed', durationMs: 1, failure }],
    });
    const skipped = stepOf('kubelet', 'n1', { status: 'skipped', failure: { code: 'x', message: 'runtime failed' } });
    const others = well.filter(({ phase }) => !['system', 'runtime', 'kubelet'].includes(phase));
    const diagnosis = diagnose(viewOf([...others, differs, failed, skipped]), title);
    const of = (phase: string) => diagnosis.find((one) => one.phase === phase);
    expect(of('system')).toMatchObject({ state: 'differs', complaints: ['n1: title of sysctl: net.a: 0 becomes 1'] });
    expect(of('runtime')).toMatchObject({
      state: 'unwell',
      complaints: ['n1: title of service: containerd.service: is failed'],
    });
    expect(of('kubelet')).toMatchObject({ state: 'unknown', complaints: ['n1: not looked at: runtime failed'] });
    expect(doctorLines(diagnosis, { width: 120 }, plainStyle).at(-1)).toMatch(/^Not well: system, runtime, kubelet\./);
  });
});
