import type { ClusterFile, Plan, Step } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { buildPlan } from '../plan/build-plan.ts';
import { exampleInput } from '../plan/example-input.fixture.ts';

/** The phases that happen in the cluster once the API server answers. */
const inCluster = [
  ...['sandbox-classes', 'load-balancer', 'istio', 'serving', 'ingress', 'registry', 'eventing'],
  ...['tracing', 'metrics-server', 'prometheus', 'nvidia', 'ready'],
];
const everything: ClusterFile = {
  sandbox: 'gvisor',
  extras: { zipkin: true, metricsServer: true, prometheus: { enabled: true }, nvidia: true },
};
const plan = buildPlan(exampleInput(3, everything));
const clusterSteps = (of: Plan) => of.steps.filter(({ phase, node }) => inCluster.includes(phase) && node === 'n1');
const stepOf = (id: string, of = plan): Step => {
  const step = of.steps.find((candidate) => candidate.id === id);
  if (step === undefined) throw new Error(`no step ${id}`);
  return step;
};
const phasesOf = (fields: ClusterFile) => new Set(buildPlan(exampleInput(2, fields)).steps.map(({ phase }) => phase));

/** Returns every step that has to be done before a step, directly or not. */
function before(id: string, found = new Set<string>()): Set<string> {
  for (const need of stepOf(id).needs) if (!found.has(need)) before(need, found.add(need));
  return found;
}

describe('what happens in the cluster', () => {
  it('is applied before nodes are ready, and waited for afterwards', () => {
    for (const step of clusterSteps(plan)) {
      const waits = step.tasks.some(
        ({ action, params }) =>
          action === 'kubernetes.wait' && !/cluster-ip/.test((params.for as { type: string }).type),
      );
      expect(before(step.id).has('nodes-ready/settled'), step.id).toBe(
        waits || ['ingress-domain/n1', 'ready/n1'].includes(step.id),
      );
    }
  });

  it('has all ended before pods are counted, and the function comes last', () => {
    const done = before('ready-pods/n1');
    const open = clusterSteps(plan).filter(({ id }) => !done.has(id));
    expect(open.map(({ id }) => id).toSorted()).toEqual([
      'kn/n1',
      'nvidia-toolkit/n1',
      'ready-pods/n1',
      'ready/n1',
      'registry-hosts/n1',
    ]);
    expect(stepOf('ready-pods/n1').after).toEqual(['n1', 'n2', 'n3'].map((node) => `registry-hosts/${node}`));
    expect(before('ready/n1')).toContain('ready-pods/n1');
  });

  it('goes on side by side where nothing depends on the other', () => {
    const eventing = ['eventing/n1', 'eventing-channel/n1', 'eventing-broker/n1'];
    const heads = ['load-balancer/n1', 'istio/n1', 'serving/n1', 'registry/n1', ...eventing, 'prometheus/n1'];
    for (const head of heads) for (const other of heads) if (head !== other) expect(before(head)).not.toContain(other);
    for (const need of ['istio/n1', 'serving/n1']) expect(before('ingress/n1')).toContain(need);
    for (const need of ['istio/n1', 'load-balancer/n1']) expect(before('gateway/n1')).toContain(need);
  });

  it('looks for the GPUs’ device plugin where its runtime has been put', () => {
    expect(stepOf('nvidia/n1').after).toEqual(['n1', 'n2', 'n3'].map((node) => `nvidia-toolkit/${node}`));
  });

  it('makes manifests that programs print before there is a cluster', () => {
    for (const id of ['istio-manifest/n1', 'prometheus-manifest/n1'])
      expect(before(id)).not.toContain('control-plane/n1');
  });

  it('survives a lost worker', () => {
    const lost = new Set(plan.steps.filter(({ node }) => node === 'n3').map(({ id }) => id));
    expect([...before('ready/n1')].filter((id) => lost.has(id) && !id.startsWith('preflight'))).toEqual([]);
  });

  it('writes the domain from the gateway’s address, under an owner of its own, unless one is given', () => {
    const [file, domain] = stepOf('ingress-domain/n1').tasks;
    expect(file?.params.content).toMatchObject({
      $output: { step: 'gateway/n1', key: 'address', within: expect.stringContaining('"{value}.sslip.io": ""') },
    });
    expect(domain?.params).toMatchObject({ file: file?.params.path, fieldManager: 'vhive-domain' });
    const own = buildPlan(exampleInput(1, { knative: { domain: 'a.example' } }));
    expect(own.steps.map(({ id }) => id)).not.toContain('ingress-domain/n1');
  });
});

describe('phases of the cluster', () => {
  it.each([
    [{}, ['load-balancer', 'istio', 'serving', 'ingress', 'registry', 'eventing', 'ready'], ['tracing', 'nvidia']],
    [{ sandbox: 'gvisor' }, ['sandbox-classes'], ['prometheus', 'metrics-server']],
    [{ knative: { enabled: false } }, ['ready', 'load-balancer'], ['istio', 'serving', 'ingress', 'eventing']],
    [{ knative: { eventing: false } }, ['serving'], ['eventing']],
    [{ loadBalancer: { enabled: false } }, ['ingress'], ['load-balancer']],
    [{ registry: { local: false } }, ['serving'], ['registry']],
    [{}, [], ['node-labels', 'kubeconfigs', 'sandbox-classes']],
    [everything, inCluster, []],
  ] as [ClusterFile, string[], string[]][])('of %j are there or not', (fields, present, absent) => {
    const phases = phasesOf(fields);
    for (const phase of present) expect(phases).toContain(phase);
    for (const phase of absent) expect(phases).not.toContain(phase);
  });

  it.each([
    [{}, true],
    [{ ready: { smokeTest: false } }, false],
    [{ knative: { enabled: false } }, false],
  ] as [ClusterFile, boolean][])('of %j try a function: %s', (fields, tried) => {
    const { steps } = buildPlan(exampleInput(2, fields));
    expect(steps.some(({ id }) => id === 'ready/n1')).toBe(tried);
    expect(steps.some(({ id }) => id === 'ready-pods/n1')).toBe(true);
  });

  it('wait for pods as long as the cluster file says', () => {
    const patient = buildPlan(exampleInput(1, { ready: { podsTimeoutSeconds: 1800 } }));
    expect(stepOf('ready-pods/n1', patient).tasks[0]?.timeLimitMs).toBe(1_800_000);
    expect(stepOf('ready-pods/n1', patient).policy.timeLimitMs).toBe(1_800_000);
  });
});

describe('the kubeconfig of a worker', () => {
  it('is sealed for that worker alone', () => {
    const workers = buildPlan(exampleInput(3, { kubernetes: { kubeconfigOnWorkers: true } }));
    expect(Object.keys(stepOf('kubeconfigs-seal/n2', workers).tasks[0]?.params.recipients as object)).toEqual(['n2']);
    expect(stepOf('kubeconfigs-seal/n2', workers)).toMatchObject({ executor: 'n1', node: 'n2' });
    expect(stepOf('kubeconfigs/n2', workers).tasks[1]?.params).toMatchObject({
      sealed: { $output: { step: 'kubeconfigs-seal/n2', task: 'seal', key: 'sealed', entry: 'n2' } },
      path: '/root/.kube/config',
    });
  });
});

describe('the registry', () => {
  it('lies on the control plane, whose folder its volume is', () => {
    const objects = stepOf('registry-service/n1').tasks[0]?.params.objects as { kind: string; spec: object }[];
    expect(objects.find(({ kind }) => kind === 'PersistentVolume')?.spec).toMatchObject({
      hostPath: { path: '/var/lib/vhive-registry' },
      nodeAffinity: {
        required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', values: ['n1'] }] }] },
      },
    });
  });

  it('is known by its name on every node', () => {
    for (const node of ['n1', 'n2', 'n3'])
      expect(stepOf(`registry-hosts/${node}`).tasks[0]?.params).toEqual({
        names: ['docker-registry.registry.svc.cluster.local'],
        address: { $output: { step: 'registry-service/n1', task: 'address', key: 'address' } },
      });
  });
});

describe('MetalLB', () => {
  it.each([
    { nodes: 1, metallb: '0.15.3', told: true },
    { nodes: 2, metallb: '0.15.3', told: false },
    // This is the version of vHive's legacy branch, whose speaker would end at a flag that it does not know.
    { nodes: 1, metallb: '0.13.9', told: false },
  ])('$metallb on $nodes nodes announces from the master: $told', ({ nodes, metallb, told }) => {
    const one = buildPlan(exampleInput(nodes, { versions: { metallb } }));
    const params = JSON.stringify(stepOf('load-balancer-manifest/n1', one).tasks[0]?.params);
    expect(params.includes('--ignore-exclude-lb')).toBe(told);
  });
});
