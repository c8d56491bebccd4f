import { buildPlan } from '@vhive/core/plan/build-plan';
import { exampleInput } from '@vhive/core/plan/example-input.fixture';
import type { ClusterFile, KubernetesObject } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { type AppliedManifest, type ManifestReader, manifestsOfPlan, tasksOf } from '../support/manifests-of-plan.ts';
import { planVariants } from '../support/plan-variants.ts';
import { smallManifest, smallManifestNames } from '../support/small-manifests.ts';
import { waitedFor } from '../support/waited-for.ts';

// These tests look at what plans make of the small manifests, which have upstream's names, kinds and fields.

const queueProxy = 'ghcr.io/vhive-serverless/queue-39be6f1d08a095bd076a71d288d295b6:1.21-firecracker';
const zipkin = { extras: { zipkin: true } } as const;

/** The manifests are read once, because patching leaves what it is given as it is. */
const small = new Map(smallManifestNames.map((name) => [name, smallManifest(name)]));
const read: ManifestReader = ({ name }) => small.get(name);

const planOf = (count: number, fields: ClusterFile) => buildPlan(exampleInput(count, fields));
const applied = (count: number, fields: ClusterFile) => manifestsOfPlan(planOf(count, fields), read).applied;
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

describe('patches', () => {
  it.each(planVariants)('of %s all find what they change', (_, count, fields) => {
    const { applied: manifests, absent } = manifestsOfPlan(planOf(count, fields), read);
    // The file of the domain holds nothing but the address of the gateway.
    expect(absent.filter((name) => name !== 'domain')).toEqual([]);
    expect(manifests.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        ...['calico-manifest', 'metallb-native', 'istio', 'serving-core', 'net-istio', 'mt-channel-broker'],
      ]),
    );
  });

  it.each(planVariants)('of %s leave what the plan waits for', (_, count, fields) => {
    const plan = planOf(count, fields);
    const { applied: manifests } = manifestsOfPlan(plan, read);
    const targets = waitedFor(plan);
    expect(targets.filter(({ kind, namespace, name }) => find(manifests, kind, namespace, name) === undefined)).toEqual(
      [],
    );
    expect(targets.length).toBeGreaterThan(25);
  });

  it.each(planVariants)('of %s wait for every webhook there is', (_, count, fields) => {
    const plan = planOf(count, fields);
    const waited = waitedFor(plan).filter(({ kind }) => kind.endsWith('WebhookConfiguration'));
    const all = manifestsOfPlan(plan, read)
      // Istio's webhooks are served by istiod, whose Deployment is waited for until it is available.
      .applied.filter(({ name }) => name !== 'istio')
      .flatMap(({ objects }) => objects)
      .filter(({ kind }) => /^(Validating|Mutating)WebhookConfiguration$/.test(kind));
    expect(waited.map(({ name }) => name).toSorted()).toEqual(all.map(({ metadata }) => metadata.name).toSorted());
  });

  it('put every namespace and kind before what uses it', () => {
    const manifests = applied(2, zipkin);
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
        // These kinds belong to Kubernetes itself.
        if (!group.includes('.') || /(^|\.)k8s\.io$/.test(group)) continue;
        expect(kinds, where).toContain(`${group} ${kind}`);
      }
    }
    expect(kinds.size).toBeGreaterThan(30);
  });
});

describe('what patches bring about', () => {
  it('is vHive’s queue-proxy in both places, for firecracker alone', () => {
    const firecracker = applied(2, {});
    expect(find(firecracker, 'Image', 'knative-serving', 'queue-proxy')?.spec).toEqual({ image: queueProxy });
    expect(dataOf(firecracker, 'config-deployment')['queue-sidecar-image']).toBe(queueProxy);
    for (const sandbox of ['gvisor', 'stock-only'] as const) {
      const other = applied(2, { sandbox });
      expect(JSON.stringify(other)).not.toContain(queueProxy);
      expect(dataOf(other, 'config-deployment')['queue-sidecar-image']).toContain('gcr.io/knative-releases/');
    }
  });

  it('leaves alone what has no pods until a controller of the same manifest gives it some', () => {
    const manifests = applied(2, {});
    const waiting = manifests
      .flatMap(({ objects }) => objects)
      .filter(({ kind, spec }) => kind === 'Deployment' && (spec as { replicas?: number }).replicas === 0)
      .map(({ kind, metadata: { name, namespace } }) => ({ kind, name, namespace }));
    const left = tasksOf(planOf(2, {}), 'kubernetes.apply').flatMap(({ task }) => task.params.leaveAlone ?? []);
    expect(waiting).toEqual([{ kind: 'Deployment', name: 'pingsource-mt-adapter', namespace: 'knative-eventing' }]);
    expect(left).toEqual(waiting);
  });

  it('keeps what else the manifests say', () => {
    const manifests = applied(2, {});
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
  ] as const)('lets functions of %s name a runtime class: %s', (sandbox, flag) => {
    const manifests = applied(2, { sandbox });
    expect(dataOf(manifests, 'config-features')['kubernetes.podspec-runtimeclassname']).toBe(flag);
  });

  it('binds Calico to the LAN, to the pods’ range, and to nftables with kube-proxy', () => {
    const envOf = (fields: ClusterFile) => {
      const manifests = applied(2, fields);
      const calico = containerOf(find(manifests, 'DaemonSet', 'kube-system', 'calico-node'), 'calico-node');
      return Object.fromEntries((calico?.env ?? []).map(({ name, value }) => [name, value]));
    };
    const range = { network: { podCidr: '10.168.0.0/16' } };
    expect(envOf(range)).toMatchObject({
      IP_AUTODETECTION_METHOD: 'kubernetes-internal-ip',
      CALICO_IPV4POOL_CIDR: '10.168.0.0/16',
    });
    expect(envOf(range)).not.toHaveProperty('FELIX_NFTABLESMODE');
    expect(envOf({ kubernetes: { kubeProxyConfiguration: { mode: 'nftables' } } })).toMatchObject({
      FELIX_NFTABLESMODE: 'Enabled',
    });
  });

  it('lets MetalLB announce from a single node, which is a control plane too', () => {
    const argumentsOf = (count: number) => {
      const manifests = applied(count, {});
      return containerOf(find(manifests, 'DaemonSet', 'metallb-system', 'speaker'), 'speaker')?.args;
    };
    expect(argumentsOf(2)).toEqual(['--port=7472', '--log-level=info']);
    expect(argumentsOf(1)).toEqual(['--port=7472', '--log-level=info', '--ignore-exclude-lb']);
  });

  it('lets metrics-server take the certificates of kubelets, beside the arguments it has', () => {
    const manifests = applied(2, { extras: { metricsServer: true } });
    const server = containerOf(find(manifests, 'Deployment', 'kube-system', 'metrics-server'), 'metrics-server');
    expect(server?.args).toContain('--secure-port=10250');
    expect(server?.args?.at(-1)).toBe('--kubelet-insecure-tls');
  });

  it('runs NVIDIA’s device plugin in NVIDIA’s runtime', () => {
    const manifests = applied(2, { extras: { nvidia: true } });
    const plugin = find(manifests, 'DaemonSet', 'kube-system', 'nvidia-device-plugin-daemonset');
    expect(plugin?.spec).toMatchObject({ template: { spec: { runtimeClassName: 'nvidia' } } });
  });

  it('makes the webhook of Istio that the manifest has as strict as istiod will', () => {
    const validator = find(applied(2, {}), 'ValidatingWebhookConfiguration', undefined, 'istio-validator-istio-system');
    expect(validator?.webhooks).toMatchObject([{ name: 'rev.validation.istio.io', failurePolicy: 'Fail' }]);
  });

  it('sets only what Knative knows', () => {
    const fields = { sandbox: 'gvisor', ...zipkin } as const;
    const manifests = applied(2, fields);
    const plan = planOf(2, fields);
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

  it('sends traces where Zipkin’s Service is', () => {
    const manifests = applied(2, zipkin);
    for (const namespace of ['knative-serving', 'knative-eventing'])
      expect(dataOf(manifests, 'config-observability', namespace)).toMatchObject({
        'tracing-protocol': 'http/protobuf',
        'tracing-endpoint': 'http://zipkin.istio-system.svc.cluster.local:4318/v1/traces',
      });
    const service = find(manifests, 'Service', 'istio-system', 'zipkin')?.spec as { ports: { port: number }[] };
    expect(service.ports.map(({ port }) => port)).toEqual([9411, 4318]);
  });

  it('gives functions the domain of the cluster file', () => {
    const manifests = applied(2, { knative: { domain: 'functions.example' } });
    expect(dataOf(manifests, 'config-domain')['functions.example']).toBe('');
  });

  it('gives the operator’s own patches the last word', () => {
    const limits = { cpu: '3', memory: '4Gi' };
    const containers = [{ name: 'activator', resources: { limits } }];
    const activator = {
      kind: 'Deployment',
      name: 'activator',
      merge: { spec: { template: { spec: { containers } } } },
    };
    const skip = { 'registries-skipping-tag-resolving': 'mine.example' };
    const config = { kind: 'ConfigMap', name: 'config-deployment', merge: { data: skip } };
    const manifests = applied(2, { manifestPatches: { 'serving-core': [activator, config] } });
    expect(containerOf(find(manifests, 'Deployment', 'knative-serving', 'activator'), 'activator')).toMatchObject({
      resources: { limits, requests: { cpu: '300m' } },
    });
    expect(dataOf(manifests, 'config-deployment')).toMatchObject({ ...skip, 'queue-sidecar-image': queueProxy });
  });
});
