import { type ClusterFile, COORDINATOR, outputRefsIn, type Plan, type Step, VhiveError } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { phases } from '../phases/index.ts';
import { inspection as inspectionPhase } from '../phases/proof/inspection.ts';
import { TestRun } from '../scheduler/test-run.fixture.ts';
import { buildPlan, type PlanSelection } from './build-plan.ts';
import { checkPlan } from './check-plan.ts';
import { exampleInput, exampleNode, plain } from './example-input.fixture.ts';
import { productStack } from './stack.ts';

/** Makes the input of a plan for a cluster that has nothing on top of Kubernetes, with further fields. */
const plainInput = (count: number, fields: ClusterFile = {}, mirror = false) =>
  exampleInput(count, { ...plain, ...fields }, mirror);
const bridge = { network: { plugin: 'bridge' } } as const;
const old = { ...bridge, versions: { kubernetes: '1.20.2', containerd: '1.6.20', crictl: '1.20.0' } } as const;

const ids = (plan: Plan) => plan.steps.map((step) => step.id);
const stepOf = (plan: Plan, id: string) => {
  const step = plan.steps.find((candidate) => candidate.id === id);
  if (step === undefined) throw new Error(`no step ${id}`);
  return step;
};
const paramsOf = (plan: Plan, id: string, task: string): Record<string, unknown> =>
  stepOf(plan, id).tasks.find((candidate) => candidate.id === task)?.params ?? {};

describe('every plan', () => {
  it.each([1, 2, 3, 12])('of %i nodes is in topological order and uses only outputs it needs', (count) => {
    for (const fields of [{}, bridge, old]) {
      const plan = buildPlan(plainInput(count, fields, true));
      const seen = new Set<string>();
      for (const step of plan.steps) {
        for (const id of [...step.needs, ...step.after]) expect(seen, `${step.id} needs ${id}`).toContain(id);
        for (const { $output } of outputRefsIn(step.tasks)) expect(seen).toContain($output.step);
        seen.add(step.id);
      }
      expect(seen.size).toBe(plan.steps.length);
    }
  });

  it('touches no host before preflight has passed', () => {
    const plan = buildPlan(plainInput(3, old, true));
    const guarded = new Set(['preflight/passed']);
    for (const step of plan.steps) {
      if (step.phase === 'preflight') continue;
      if (step.executor === COORDINATOR) {
        if (step.after.some((id) => guarded.has(id))) guarded.add(step.id);
        continue;
      }
      expect(
        step.needs.some((need) => guarded.has(need)),
        step.id,
      ).toBe(true);
      guarded.add(step.id);
    }
  });

  it('does not let one worker wait for another, but for routes', () => {
    const plan = buildPlan(plainInput(4, bridge));
    const blocking = (id: string, found = new Set<string>()): Set<string> => {
      for (const need of stepOf(plan, id).needs)
        if (!need.startsWith('preflight') && !found.has(need)) blocking(need, found.add(need));
      return found;
    };
    for (const node of ['n2', 'n3', 'n4'])
      expect([...blocking(`nodes-ready/${node}`)].filter((id) => /\/n[234]$/.test(id) && !id.endsWith(node))).toEqual(
        [],
      );
  });

  it('has no quadratic number of edges', () => {
    const edges = (count: number) =>
      buildPlan(plainInput(count)).steps.reduce((sum, step) => sum + step.needs.length, 0);
    expect(edges(80)).toBeLessThan(2.2 * edges(40));
  });
});

describe('nodes', () => {
  it('stand with the control plane first and workers by name', () => {
    const input = plainInput(3);
    const plan = buildPlan({ ...input, nodes: input.nodes.toReversed() });
    expect(plan.nodes).toEqual(['n1', 'n2', 'n3']);
  });

  it('of one cluster lose the taint, and nothing joins', () => {
    const plan = buildPlan(plainInput(1));
    expect(paramsOf(plan, 'control-plane/n1', 'init').removeTaint).toBe(true);
    expect(ids(plan).filter((id) => id.startsWith('join'))).toEqual([]);
    expect(paramsOf(buildPlan(plainInput(2)), 'control-plane/n1', 'init').removeTaint).toBe(false);
  });

  it('of two architectures get their own downloads', () => {
    const input = plainInput(1);
    const plan = buildPlan({ ...input, nodes: [...input.nodes, exampleNode('arm', 5, { arch: 'arm64' })] });
    expect(ids(plan)).toContain('artifacts/kubelet-arm64');
    expect(stepOf(plan, 'kubernetes/arm').needs).toContain('artifacts/kubelet-arm64');
    expect(paramsOf(plan, 'artifacts/kubelet-arm64', 'fetch').url).toBe(
      'https://dl.k8s.io/release/v1.35.3/bin/linux/arm64/kubelet',
    );
  });

  it('beyond fifty reach the control plane and their neighbours only', () => {
    const plan = buildPlan(plainInput(100));
    const targets = (node: string) =>
      paramsOf(plan, `preflight-network/${node}`, 'reach').targets as { node: string }[];
    expect(targets('n1')).toHaveLength(99);
    expect(targets('n50')).toHaveLength(17);
    expect(targets('n50').map(({ node }) => node)).toContain('n1');
  });

  it('lets all whom a node could not reach answer anew before it tries again: their listeners end with their agents', () => {
    const run = new TestRun(buildPlan(plainInput(3)));
    const doAll = (steps: string[]) => {
      for (const step of steps) run.finish(step);
    };
    for (let ready = run.dispatch(); !ready.includes('preflight-network/n2'); ready = run.dispatch()) doAll(ready);
    run.finish('preflight-network/n1');
    run.finish('preflight-network/n2', 'interrupted');
    expect(run.dispatch()).toEqual(['preflight-network/n2']);
    run.finish('preflight-network/n2', 'failed', { failure: { code: 'preflight', message: 'n3: refused' } });
    run.pass(2_000);
    expect(run.dispatch()).toEqual(['preflight-listen/n1', 'preflight-listen/n3']);
    doAll(['preflight-listen/n1', 'preflight-listen/n3']);
    expect(run.dispatch()).toEqual(['preflight-network/n2']);
  });
});

describe('a join', () => {
  const plan = buildPlan(plainInput(3));

  it('has a bootstrap token of its own, minted on the control plane for that worker, and made again for each attempt', () => {
    const token = stepOf(plan, 'bootstrap-token/n2');
    expect(token).toMatchObject({ executor: 'n1', node: 'n2', volatile: true });
    expect(token.needs).toContain('kubelet/n2');
    expect(paramsOf(plan, 'join/n2', 'join').token).toEqual({
      $output: { step: 'bootstrap-token/n2', task: 'token', key: 'token' },
    });
  });

  it('is bounded in concurrency and tried again', () => {
    expect(stepOf(plan, 'join/n2')).toMatchObject({ group: { name: 'join', limit: 25 }, policy: { retries: 5 } });
  });

  it('of a worker fails the worker, what the control plane does fails the run', () => {
    expect(stepOf(plan, 'join/n2').policy.onFailure).toBe('fail-node');
    expect(stepOf(plan, 'control-plane/n1').policy.onFailure).toBe('fail-run');
  });
});

describe('bridge', () => {
  it('takes the range Kubernetes gave the node, and leaves out routes to nodes without one', () => {
    const plan = buildPlan(plainInput(2, bridge));
    const { $output } = paramsOf(plan, 'network/n2', 'bridge').content as { $output: Record<string, string> };
    expect($output).toMatchObject({ step: 'network-range/n2', key: 'podCidr' });
    expect(JSON.parse($output.within?.replace('{value}', '10.244.3.0/24') ?? '')).toMatchObject({
      plugins: [{ type: 'bridge', ipam: { ranges: [[{ subnet: '10.244.3.0/24' }]] } }, { type: 'portmap' }],
    });
    expect(paramsOf(plan, 'network-routes/n1', 'routes').routes).toEqual([
      {
        destination: { $output: { step: 'network-range/n2', task: 'range', key: 'podCidr', optional: true } },
        via: '10.10.0.2',
      },
    ]);
    expect(stepOf(plan, 'network/ranges')).toMatchObject({
      needs: [],
      after: ['network-range/n1', 'network-range/n2'],
    });
  });
});

describe('calico', () => {
  it('uses the nodes’ LAN addresses, and nftables with kube-proxy', () => {
    const env = (fields: Parameters<typeof plainInput>[1]) =>
      JSON.stringify(paramsOf(buildPlan(plainInput(1, fields)), 'network/n1', 'calico-manifest').patches);
    expect(env({})).toContain('"IP_AUTODETECTION_METHOD","value":"kubernetes-internal-ip"');
    expect(env({})).not.toContain('FELIX_NFTABLESMODE');
    expect(env({ kubernetes: { kubeProxyConfiguration: { mode: 'nftables' } } })).toContain('FELIX_NFTABLESMODE');
  });
});

describe('what kubeadm and kubelet are told', () => {
  const initOf = (fields: Parameters<typeof plainInput>[1]) =>
    paramsOf(buildPlan(plainInput(1, fields)), 'control-plane/n1', 'init').configuration as Record<string, unknown>[];
  const kubeletArgs = (fields: Parameters<typeof plainInput>[1]) =>
    paramsOf(buildPlan(plainInput(1, fields)), 'kubelet/n1', 'settings').content;

  it.each([
    ['1.20.2', 'kubeadm.k8s.io/v1beta2'],
    ['1.22.0', 'kubeadm.k8s.io/v1beta3'],
    ['1.30.9', 'kubeadm.k8s.io/v1beta3'],
    ['1.31.0', 'kubeadm.k8s.io/v1beta4'],
  ])('of Kubernetes %s is %s', (kubernetes, apiVersion) => {
    expect(initOf({ versions: { kubernetes } })[0]).toMatchObject({ apiVersion, kind: 'InitConfiguration' });
  });

  it('keeps socket and time-out in flags before 1.27, in the configuration since', () => {
    expect(kubeletArgs(old)).toContain(
      '--container-runtime=remote --container-runtime-endpoint=unix:///run/containerd/containerd.sock --runtime-request-timeout=15m',
    );
    expect(initOf(old)[2]).not.toHaveProperty('containerRuntimeEndpoint');
    expect(kubeletArgs({})).toBe(
      '# Written by vHive; changes are overwritten.\nKUBELET_EXTRA_ARGS=--node-ip=10.10.0.1 --v=0\n',
    );
    expect(initOf({})[2]).toMatchObject({ containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock' });
  });

  it('writes the CRI socket as each version wants it', () => {
    expect(initOf(old)[0]).toMatchObject({ nodeRegistration: { criSocket: '/run/containerd/containerd.sock' } });
    expect(initOf({})[0]).toMatchObject({ nodeRegistration: { criSocket: 'unix:///run/containerd/containerd.sock' } });
  });

  it('takes the user’s fields', () => {
    const [, cluster, kubelet, proxy] = initOf({
      kubernetes: {
        imageRepository: 'registry.example/k8s',
        kubeletConfiguration: { maxPods: 240 },
        kubeProxyConfiguration: { mode: 'iptables' },
      },
    });
    expect(cluster).toMatchObject({ imageRepository: 'registry.example/k8s', kubernetesVersion: 'v1.35.3' });
    expect(kubelet).toMatchObject({ kind: 'KubeletConfiguration', cgroupDriver: 'systemd', maxPods: 240 });
    expect(proxy).toMatchObject({ kind: 'KubeProxyConfiguration', mode: 'iptables' });
  });
});

describe('images', () => {
  it('are pulled, from the coordinator where there is a mirror, and are archives of it where it does not answer', () => {
    const { imageServer: _, ...unanswered } = plainInput(2, old, true);
    const mirrored = buildPlan(unanswered);
    expect(paramsOf(mirrored, 'artifacts/image-pause-amd64', 'fetch')).toMatchObject({
      ref: 'k8s.gcr.io/pause:3.2',
      optional: true,
    });
    expect(paramsOf(mirrored, 'kubernetes/n2', 'image-pause')).toEqual({
      ref: 'k8s.gcr.io/pause:3.2',
      archive: { $output: { step: 'artifacts/image-pause-amd64', task: 'fetch', key: 'artifact', optional: true } },
    });
    for (const mirror of [true, false]) {
      const pulled = buildPlan(plainInput(2, {}, mirror));
      expect(paramsOf(pulled, 'kubernetes/n2', 'image-pause')).toEqual({
        ref: 'registry.k8s.io/pause:3.10.1',
        archive: null,
      });
    }
  });

  it('of minors the catalogue does not know are left to kubeadm', () => {
    const plan = buildPlan(plainInput(1, { versions: { kubernetes: '1.28.4' } }, true));
    expect(ids(plan).filter((id) => id.includes('image'))).toEqual([]);
  });

  it('are of the same pause for containerd and kubeadm', () => {
    for (const fields of [{}, old]) {
      const plan = buildPlan(plainInput(1, fields));
      const { ref } = paramsOf(plan, 'kubernetes/n1', 'image-pause');
      expect(paramsOf(plan, 'runtime/n1', 'configuration').content).toContain(`"${ref}"`);
    }
  });
});

describe('a selection', () => {
  const select = (selection: PlanSelection, count = 3) => ids(buildPlan(plainInput(count, bridge), selection));
  const errorOf = (selection: PlanSelection) => {
    try {
      select(selection);
    } catch (error) {
      if (error instanceof VhiveError) return `${error.code}: ${error.message} (${error.hint})`;
      throw error;
    }
    throw new Error('nothing was refused');
  };

  it('stops after a phase', () => {
    const phasesOf = new Set(buildPlan(plainInput(3), { until: 'runtime' }).phases.map(({ name }) => name));
    expect([...phasesOf]).toEqual(['preflight', 'artifacts', 'system', 'runtime']);
  });

  it('leaves phases out, and does not wait for them', () => {
    const plan = buildPlan(plainInput(2, bridge), { skip: ['system'] });
    expect(stepOf(plan, 'runtime/n1').needs).not.toContain('system/n1');
  });

  it('refuses phases there are not, and to leave out what others need', () => {
    const names = phases.map(({ name }) => name).join(', ');
    expect(errorOf({ until: 'nonsense' })).toBe(
      `usage: --until nonsense: there is no such phase (the phases are ${names})`,
    );
    expect(errorOf({ skip: ['nonsense'] })).toContain('--skip nonsense: there is no such phase');
    expect(errorOf({ skip: ['artifacts'] })).toContain(
      'usage: --skip artifacts: it cannot be left out, because runtime needs what it gives (artifacts/containerd-amd64)',
    );
  });

  it('of everything there is can end with any phase, and leaving one out is done or refused with its name', () => {
    const everything = exampleInput(3, {
      kubernetes: { kubeconfigOnWorkers: true },
      registry: { cache: { enabled: true } },
    });
    for (const { name } of phases) {
      expect(buildPlan(everything, { until: name }).steps.length).toBeGreaterThan(0);
      try {
        buildPlan(everything, { skip: [name] });
      } catch (error) {
        expect(error).toMatchObject({ code: 'usage', message: expect.stringMatching(`^--skip ${name}: `) });
      }
    }
    expect(() => buildPlan(everything, { skip: ['ingress'] })).toThrow(
      '--skip ingress: it cannot be left out, because ready needs what it gives (gateway/n1)',
    );
  });

  it('of nodes has their steps and those whose outputs they need', () => {
    const limited = select({ limit: ['n3'] }).filter((id) => !id.startsWith('artifacts/'));
    expect(limited).toEqual([
      'preflight-host/n1',
      'preflight-host/n3',
      'preflight/hosts-checked',
      'preflight/cluster',
      'preflight-listen/n1',
      'preflight-listen/n3',
      'preflight-network/n1',
      'preflight-network/n3',
      'preflight/passed',
      'system/n3',
      'runtime/n3',
      'kubernetes/n3',
      'kubelet/n3',
      'control-plane/n1',
      'bootstrap-token/n3',
      'join/n3',
      'network-range/n1',
      'network-range/n2',
      'network-range/n3',
      'network/n3',
      'network/ranges',
      'network-routes/n3',
      'nodes-ready/n3',
      'inspection/n3',
    ]);
    expect(errorOf({ limit: ['n9'] })).toBe(
      'usage: --limit n9: there is no such node in this cluster (the nodes are n1, n2, n3)',
    );
  });
});

describe('a wrong plan', () => {
  const plan = buildPlan(plainInput(1));
  const first = plan.steps[0];
  if (first === undefined) throw new Error('an empty plan');
  const check = (...steps: Step[]) => checkPlan(steps, { possible: new Set([...ids(plan), 'later/x']), skipped: [] });

  it('is refused', () => {
    expect(() => check(first, first)).toThrow('is there twice');
    expect(() => check({ ...first, needs: ['later/x'] }, { ...first, id: 'later/x' })).toThrow('stands after it');
    const task = { id: 't', title: 't', action: 'swap.on', params: {} };
    expect(() => check({ ...first, tasks: [task] })).toThrow('there is no action swap.on');
    const sysctl = { ...task, action: 'sysctl', params: { file: 'x.conf', settings: 'none' } };
    expect(() => check({ ...first, tasks: [sysctl] })).toThrow(/task t: settings: .*array/);
    const reference = { $output: { step: 'nowhere/x', task: 't', key: 'k' } };
    expect(() => check({ ...first, tasks: [{ ...sysctl, params: { file: reference, settings: [] } }] })).toThrow(
      'which is not in the plan',
    );
  });

  it.each(['needs', 'after'] as const)('is refused for a name in %s that is no step of any phase', (field) => {
    const message = `${first.id} of phase preflight waits for nodes-reddy/n1, a step that no phase makes`;
    expect(() => check({ ...first, [field]: ['nodes-reddy/n1'] })).toThrow(message);
  });

  it('is refused as a whole when one phase waits for a step that there cannot be', () => {
    const wrong = { ...inspectionPhase, steps: () => [{ ...first, id: 'inspection/n1', needs: ['join/n9'] }] };
    const stack = { ...productStack, phases: phases.map((phase) => (phase === inspectionPhase ? wrong : phase)) };
    expect(() => buildPlan(plainInput(1), {}, stack)).toThrow('inspection/n1 of phase preflight waits for join/n9');
  });
});

describe('phases', () => {
  it('have a name, a title and one line of description each', () => {
    expect(phases.map(({ name }) => name)).toEqual([
      ...['preflight', 'artifacts', 'system', 'tuning', 'chrony', 'registry-cache', 'image-server', 'gvisor', 'stargz'],
      ...[
        'runtime',
        'firecracker',
        'vhive',
        'kubernetes',
        'images',
        'kubelet',
        'control-plane',
        'join',
        'network',
        'nodes-ready',
      ],
      ...['node-labels', 'kubeconfigs', 'sandbox-classes', 'load-balancer', 'istio', 'serving', 'ingress', 'registry'],
      ...['eventing', 'tracing', 'metrics-server', 'prometheus', 'nvidia', 'ready', 'inspection'],
    ]);
    for (const { title, description } of phases) {
      expect(title).not.toBe('');
      expect(description).toMatch(/^[^\n]{20,120}$/);
    }
  });
});
