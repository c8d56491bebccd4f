import { existsSync } from 'node:fs';
import { buildPlan } from '@vhive/core/plan/build-plan';
import { exampleInput } from '@vhive/core/plan/example-input.fixture';
import type { ClusterFile, KubernetesObject } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { type AppliedManifest, manifestsOfPlan, tasksOf, UPSTREAM_MANIFESTS } from '../support/manifests-of-plan.ts';

const queueProxy = 'ghcr.io/vhive-serverless/queue-39be6f1d08a095bd076a71d288d295b6:1.21-firecracker';
const zipkin = { extras: { zipkin: true } } as const;
const variants: [string, number, ClusterFile][] = [
  ['firecracker on one node', 1, {}],
  ['firecracker on three nodes', 3, {}],
  ['gVisor', 2, { sandbox: 'gvisor' }],
  ['stock-only', 2, { sandbox: 'stock-only' }],
  ['nftables', 2, { kubernetes: { kubeProxyConfiguration: { mode: 'nftables' } } }],
  ['tracing', 2, zipkin],
  ['a domain of one’s own', 2, { knative: { domain: 'functions.example' } }],
  [
    'settings of Knative',
    2,
    { knative: { config: { autoscaler: { 'initial-scale': '0' }, gc: { 'max-non-active-revisions': '5' } } } },
  ],
];

const applied = async (count: number, fields: ClusterFile) =>
  await manifestsOfPlan(buildPlan(exampleInput(count, fields)));
const find = (manifests: readonly AppliedManifest[], kind: string, namespace: string | undefined, name: string) =>
  manifests
    .flatMap(({ objects }) => objects)
    .find((object) => object.kind === kind && object.metadata.name === name && object.metadata.namespace === namespace);
const dataOf = (manifests: readonly AppliedManifest[], name: string, namespace = 'knative-serving') =>
  find(manifests, 'ConfigMap', namespace, name)?.data as Record<string, string>;
const containerOf = (object: KubernetesObject | undefined, name: string) => {
  const spec = object?.spec as { template: { spec: { containers: Container[] } } } | undefined;
  return spec?.template.spec.containers.find((container) => container.name === name);
};
interface Patch {
  kind: string;
  name: string;
  namespace: string;
  merge: { data?: Record<string, string> };
}
interface Container {
  name: string;
  args?: string[];
  env?: { name: string; value?: string }[];
}

// The real manifests are no part of the project: without them there is nothing to try.
const there = existsSync(UPSTREAM_MANIFESTS);
const because = there ? '' : ` (skipped: no folder ${UPSTREAM_MANIFESTS}, see VHIVE_UPSTREAM_MANIFESTS)`;

describe.skipIf(!there)(`patches on the real manifests${because}`, () => {
  it.each(variants)('of %s all find what they change', async (_, count, fields) => {
    const { applied: manifests, absent } = await applied(count, fields);
    expect(absent.filter((name) => !['istio', 'domain'].includes(name))).toEqual([]);
    expect(manifests.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['calico-manifest', 'metallb-native', 'serving-core', 'net-istio', 'mt-channel-broker']),
    );
  });

  it.each(variants)('of %s leave what the plan waits for', async (_, count, fields) => {
    const plan = buildPlan(exampleInput(count, fields));
    const { applied: manifests } = await manifestsOfPlan(plan);
    const missing: string[] = [];
    let looked = 0;
    const look = (kind: string, namespace: string | undefined, name: string) => {
      looked += 1;
      if (find(manifests, kind, namespace, name) === undefined) missing.push(`${kind} ${namespace}/${name}`);
    };
    for (const { task } of tasksOf(plan, 'kubernetes.wait')) {
      const target = task.params.for as { type: string; namespace: string; name: string } & Record<string, string[]>;
      // What istioctl makes is not among the manifests.
      const isIstios = target.namespace === 'istio-system' && target.name !== 'zipkin';
      if (target.type === 'deployment-available' && !isIstios) look('Deployment', target.namespace, target.name);
      if (target.type === 'service-cluster-ip') look('Service', target.namespace, target.name);
      if (target.type !== 'webhooks-ready') continue;
      for (const name of target.validating ?? []) look('ValidatingWebhookConfiguration', undefined, name);
      for (const name of target.mutating ?? []) look('MutatingWebhookConfiguration', undefined, name);
    }
    expect(missing).toEqual([]);
    expect(looked).toBeGreaterThan(20);
  });

  it.each(variants)('of %s wait for every webhook there is', async (_, count, fields) => {
    const plan = buildPlan(exampleInput(count, fields));
    const { applied: manifests } = await manifestsOfPlan(plan);
    const waited = tasksOf(plan, 'kubernetes.wait').flatMap(({ task }) => {
      const target = task.params.for as { validating?: string[]; mutating?: string[] };
      return [...(target.validating ?? []), ...(target.mutating ?? [])];
    });
    const all = manifests
      .flatMap(({ objects }) => objects)
      .filter(({ kind }) => /^(Validating|Mutating)WebhookConfiguration$/.test(kind))
      .map(({ metadata }) => metadata.name);
    expect(waited.toSorted()).toEqual(all.toSorted());
  });

  it('put every namespace and kind before what uses it', async () => {
    const { applied: manifests } = await applied(2, zipkin);
    const namespaces = new Set(['kube-system', 'default']);
    const kinds = new Set<string>();
    for (const { name: manifest, objects } of manifests) {
      for (const { kind, metadata, spec } of objects) {
        if (kind === 'Namespace') namespaces.add(metadata.name);
        if (kind !== 'CustomResourceDefinition') continue;
        const { group, names } = spec as { group: string; names: { kind: string } };
        kinds.add(`${group} ${names.kind}`);
      }
      for (const { apiVersion, kind, metadata } of objects) {
        const where = `${manifest}: ${kind} ${metadata.name}`;
        if (metadata.namespace !== undefined) expect(namespaces, where).toContain(metadata.namespace);
        const [group = ''] = apiVersion.split('/');
        // Kinds of Kubernetes itself, and of Istio, whose manifest is made by istioctl.
        if (!group.includes('.') || /(^|\.)(k8s|istio)\.io$/.test(group)) continue;
        expect(kinds, where).toContain(`${group} ${kind}`);
      }
    }
    expect(kinds.size).toBeGreaterThan(30);
  });
});

describe.skipIf(!there)(`what patches bring about${because}`, () => {
  it('is vHive’s queue-proxy in both places, for firecracker alone', async () => {
    const { applied: firecracker } = await applied(2, {});
    expect(find(firecracker, 'Image', 'knative-serving', 'queue-proxy')?.spec).toEqual({ image: queueProxy });
    expect(dataOf(firecracker, 'config-deployment')['queue-sidecar-image']).toBe(queueProxy);
    for (const sandbox of ['gvisor', 'stock-only'] as const) {
      const { applied: other } = await applied(2, { sandbox });
      expect(JSON.stringify(other)).not.toContain(queueProxy);
      expect(dataOf(other, 'config-deployment')['queue-sidecar-image']).toContain('gcr.io/knative-releases/');
    }
  });

  it('leaves alone what has no pods until a controller of the same manifest gives it some', async () => {
    const { applied: manifests } = await applied(2, {});
    const waiting = manifests
      .flatMap(({ objects }) => objects)
      .filter(({ kind, spec }) => kind === 'Deployment' && (spec as { replicas?: number }).replicas === 0)
      .map(({ kind, metadata: { name, namespace } }) => ({ kind, name, namespace }));
    const left = tasksOf(buildPlan(exampleInput(2, {})), 'kubernetes.apply').flatMap(
      ({ task }) => task.params.leaveAlone ?? [],
    );
    expect(waiting).toEqual([{ kind: 'Deployment', name: 'pingsource-mt-adapter', namespace: 'knative-eventing' }]);
    expect(left).toEqual(waiting);
  });

  it('keeps what else the manifests say', async () => {
    const { applied: manifests } = await applied(2, {});
    const deployment = dataOf(manifests, 'config-deployment');
    expect(Object.keys(deployment)).toContain('_example');
    expect(deployment['registries-skipping-tag-resolving']).toBe(
      'kind.local,ko.local,dev.local,docker-registry.registry.svc.cluster.local:5000',
    );
    const env = containerOf(find(manifests, 'DaemonSet', 'kube-system', 'calico-node'), 'calico-node')?.env ?? [];
    expect(env).toContainEqual({ name: 'CALICO_IPV4POOL_IPIP', value: 'Always' });
    expect(env.length).toBeGreaterThan(15);
  });

  it.each([
    ['firecracker', undefined],
    ['gvisor', 'enabled'],
    ['stock-only', undefined],
  ] as const)('lets functions of %s name a runtime class: %s', async (sandbox, flag) => {
    const { applied: manifests } = await applied(2, { sandbox });
    expect(dataOf(manifests, 'config-features')['kubernetes.podspec-runtimeclassname']).toBe(flag);
  });

  it('binds Calico to the LAN, to the pods’ range, and to nftables with kube-proxy', async () => {
    const envOf = async (fields: ClusterFile) => {
      const { applied: manifests } = await applied(2, fields);
      const calico = containerOf(find(manifests, 'DaemonSet', 'kube-system', 'calico-node'), 'calico-node');
      return Object.fromEntries((calico?.env ?? []).map(({ name, value }) => [name, value]));
    };
    const range = { network: { podCidr: '10.168.0.0/16' } };
    expect(await envOf(range)).toMatchObject({
      IP_AUTODETECTION_METHOD: 'kubernetes-internal-ip',
      CALICO_IPV4POOL_CIDR: '10.168.0.0/16',
    });
    expect(await envOf(range)).not.toHaveProperty('FELIX_NFTABLESMODE');
    expect(await envOf({ kubernetes: { kubeProxyConfiguration: { mode: 'nftables' } } })).toMatchObject({
      FELIX_NFTABLESMODE: 'Enabled',
    });
  });

  it('lets MetalLB announce from a single node, which is a control plane too', async () => {
    const argumentsOf = async (count: number) => {
      const { applied: manifests } = await applied(count, {});
      return containerOf(find(manifests, 'DaemonSet', 'metallb-system', 'speaker'), 'speaker')?.args;
    };
    expect(await argumentsOf(2)).toEqual(['--port=7472', '--log-level=info']);
    expect(await argumentsOf(1)).toEqual(['--port=7472', '--log-level=info', '--ignore-exclude-lb']);
  });

  it('sets only what Knative knows', async () => {
    const fields = { sandbox: 'gvisor', ...zipkin } as const;
    const { applied: manifests } = await applied(2, fields);
    const plan = buildPlan(exampleInput(2, fields));
    const core = tasksOf(plan, 'kubernetes.apply').filter(({ step }) => /^(serving|eventing)-core/.test(step));
    let looked = 0;
    for (const { kind, name, namespace, merge } of core.flatMap(({ task }) => task.params.patches as Patch[])) {
      if (kind !== 'ConfigMap') continue;
      for (const key of Object.keys(merge.data ?? {})) {
        // Each ConfigMap explains its settings in an example.
        const data = dataOf(manifests, name, namespace);
        expect(data._example, `${name}: ${key}`).toMatch(new RegExp(`^ *(# +)?${key}:`, 'm'));
        looked += 1;
      }
    }
    expect(looked).toBeGreaterThan(7);
  });

  it('sends traces where Zipkin’s Service is', async () => {
    const { applied: manifests } = await applied(2, zipkin);
    for (const namespace of ['knative-serving', 'knative-eventing'])
      expect(dataOf(manifests, 'config-observability', namespace)).toMatchObject({
        'tracing-protocol': 'http/protobuf',
        'tracing-endpoint': 'http://zipkin.istio-system.svc.cluster.local:4318/v1/traces',
      });
    const service = find(manifests, 'Service', 'istio-system', 'zipkin')?.spec as { ports: { port: number }[] };
    expect(service.ports.map(({ port }) => port)).toEqual([9411, 4318]);
  });

  it('gives functions the domain of the cluster file', async () => {
    const { applied: manifests } = await applied(2, { knative: { domain: 'functions.example' } });
    expect(dataOf(manifests, 'config-domain')['functions.example']).toBe('');
  });

  it('gives the operator’s own patches the last word', async () => {
    const limits = { cpu: '3', memory: '4Gi' };
    const containers = [{ name: 'activator', resources: { limits } }];
    const activator = {
      kind: 'Deployment',
      name: 'activator',
      merge: { spec: { template: { spec: { containers } } } },
    };
    const skip = { 'registries-skipping-tag-resolving': 'mine.example' };
    const config = { kind: 'ConfigMap', name: 'config-deployment', merge: { data: skip } };
    const { applied: manifests } = await applied(2, { manifestPatches: { 'serving-core': [activator, config] } });
    expect(containerOf(find(manifests, 'Deployment', 'knative-serving', 'activator'), 'activator')).toMatchObject({
      resources: { limits, requests: { cpu: '300m' } },
    });
    expect(dataOf(manifests, 'config-deployment')).toMatchObject({ ...skip, 'queue-sidecar-image': queueProxy });
  });
});
