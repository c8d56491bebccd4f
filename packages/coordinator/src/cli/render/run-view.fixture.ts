import type { Failure, NodeView, RunView, StepStatus, StepView } from '@vhive/shared';

/** The time at which the runs of these fixtures began. */
export const BEGIN = new Date('2026-03-01T10:00:00.000Z');

const phases = [
  ['preflight', 'Checks before anything is touched'],
  ['system', 'System settings'],
  ['runtime', 'Container runtime'],
  ['kubernetes', 'Kubernetes packages'],
  ['kubelet', 'Kubelet'],
  ['control-plane', 'Control plane'],
  ['join', 'Workers join'],
  ['network', 'Pod network'],
  ['nodes-ready', 'All nodes Ready'],
  ['ready', 'Ready'],
] as const;

/** Returns the time so many seconds after the beginning. */
export function at(seconds: number): string {
  return new Date(BEGIN.getTime() + seconds * 1000).toISOString();
}

/** Makes a step of a phase on a node. Status and times are as given. */
export function stepOf(phase: string, node: string, fields: Partial<StepView> = {}): StepView {
  const status: StepStatus = fields.status ?? 'pending';
  return {
    id: `${phase}/${node}`,
    phase,
    node,
    executor: node,
    title: phase,
    status,
    attempts: 1,
    tasks: [],
    ...fields,
  };
}

/** Makes a finished step with so many changed and unchanged tasks. */
export function doneStep(phase: string, node: string, from: number, to: number, changed = 2, unchanged = 1): StepView {
  const task = (status: 'changed' | 'unchanged', index: number) => {
    return { id: `${status}${index}`, action: 'file', status, durationMs: 10 };
  };
  const tasks = [
    ...Array.from({ length: changed }, (_, index) => task('changed', index)),
    ...Array.from({ length: unchanged }, (_, index) => task('unchanged', index)),
  ];
  return stepOf(phase, node, { status: 'done', startedAt: at(from), finishedAt: at(to), tasks });
}

/** Makes a run over these nodes, of which the first is the master. Steps that are not given are pending. */
export function runOf(names: readonly string[], steps: readonly StepView[], fields: Partial<RunView> = {}): RunView {
  const given = new Map(steps.map((step) => [step.id, step]));
  const all = phases.flatMap(([phase]) =>
    names
      .filter((_, index) =>
        phase === 'control-plane' || phase === 'ready' ? index === 0 : phase === 'join' ? index > 0 : true,
      )
      .map((name) => given.get(`${phase}/${name}`) ?? stepOf(phase, name, { attempts: 0 })),
  );
  return {
    runId: 'run-20260301t100000-abc123',
    mode: 'apply',
    status: 'running',
    createdAt: BEGIN.toISOString(),
    controlPlane: names[0] ?? '',
    phases: phases.map(([name, title]) => ({ name, title })),
    nodes: names.map((name) => ({ name, status: 'ok' as const })),
    steps: all,
    ...fields,
  };
}

/** Makes a run that has ended well on all nodes. */
export function readyRun(names: readonly string[], changed = 2): RunView {
  const steps = phases.flatMap(([phase], index) =>
    names.map((name, nodeIndex) =>
      doneStep(phase, name, index * 10, index * 10 + 8 + nodeIndex * 0.01, changed, 3 - changed),
    ),
  );
  return runOf(names, steps, { status: 'ready', finishedAt: at(95) });
}

/** A failure as an agent reports it. */
export const aptFailure: Failure = {
  code: 'step-failed',
  message: 'task "packages": apt-get install containerd exited with code 100',
  hint: 'see whether the mirror answers: apt-get update on worker2',
  lastLines: ['E: Failed to fetch http://deb.example/containerd.deb', 'E: Unable to fetch some archives'],
};

/** Makes a node as the node registry shows it. */
export function nodeOf(name: string, fields: Partial<NodeView> = {}): NodeView {
  return {
    name,
    status: 'reachable',
    address: '10.0.0.1',
    enrolledAt: BEGIN.toISOString(),
    lastSeen: at(58),
    agentVersion: '0.1.0',
    load: [0.5, 0.4, 0.3],
    clockOffsetMs: 3.2,
    outbox: 0,
    rejected: {},
    sealingKey: 'X',
    key: '0123456789abcdef',
    local: false,
    facts: {
      machineId: name,
      hostname: name,
      os: { id: 'debian', version: '12', name: 'Debian GNU/Linux 12 (bookworm)' },
      kernel: '6.1.0',
      arch: 'amd64',
      cpus: 4,
      memoryBytes: 8 * 2 ** 30,
      swapBytes: 0,
      disks: [],
      root: { totalBytes: 1e11, freeBytes: 5e10 },
      kvm: { present: true, usable: true },
      interfaces: [],
      containerEngines: [],
      canRaiseLimits: true,
      cgroupVersion: 2,
      kubernetes: { joined: false, controlPlane: false },
      simulated: false,
    },
    ...fields,
  };
}
