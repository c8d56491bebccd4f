import { inRanks } from '@vhive/agent/actions/kubernetes/apply/apply-order';
import { patchObjects } from '@vhive/agent/actions/kubernetes/patch/patch';
import { referenceTo, titleOf } from '@vhive/agent/actions/kubernetes/reference';
import { type KubernetesObject, type ManifestPatch, manifestPatch } from '@vhive/shared';
import { beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { theObject, upstreamFiles, upstreamObjects, withoutUpstream } from '../support/upstream-manifests.ts';

// The real thing: what the projects publish, as it is downloaded.
beforeEach(({ skip }) => {
  if (withoutUpstream !== undefined) skip(withoutUpstream);
});
const files = upstreamFiles.size > 0 ? [...upstreamFiles.keys()] : ['(none)'];

const patch = (given: z.input<typeof manifestPatch>): ManifestPatch => manifestPatch.parse(given);

/** Names of service accounts, config maps and secrets that a pod specification cannot do without. */
const podSpec = z.looseObject({
  serviceAccountName: z.string().optional(),
  volumes: z
    .array(
      z.looseObject({
        configMap: z.looseObject({ name: z.string(), optional: z.boolean().default(false) }).optional(),
        secret: z.looseObject({ secretName: z.string(), optional: z.boolean().default(false) }).optional(),
      }),
    )
    .default([]),
});
const withPods = z.looseObject({ spec: z.looseObject({ template: z.looseObject({ spec: podSpec }) }) });
const definition = z.looseObject({
  spec: z.looseObject({ group: z.string(), names: z.looseObject({ kind: z.string() }) }),
});
const hook = z.looseObject({
  webhooks: z.array(
    z.looseObject({
      name: z.string(),
      clientConfig: z.looseObject({ service: z.looseObject({ namespace: z.string(), name: z.string() }) }),
    }),
  ),
});

/** What an object cannot do without, as `kind namespace/name`, and `kind of group` for the definition of its kind. */
function needsOf(object: KubernetesObject): string[] {
  const { namespace } = object.metadata;
  const needs = [`${object.kind} of ${object.apiVersion.split('/')[0]}`];
  if (namespace !== undefined) needs.push(titleOf({ kind: 'Namespace', name: namespace }));
  const at = (kind: string, name: string) => titleOf({ kind, name, ...(namespace === undefined ? {} : { namespace }) });
  const pods = withPods.safeParse(object);
  if (pods.success) {
    const { serviceAccountName, volumes } = pods.data.spec.template.spec;
    if (serviceAccountName !== undefined) needs.push(at('ServiceAccount', serviceAccountName));
    for (const { configMap, secret } of volumes) {
      if (configMap && !configMap.optional) needs.push(at('ConfigMap', configMap.name));
      if (secret && !secret.optional) needs.push(at('Secret', secret.secretName));
    }
  }
  const hooks = hook.safeParse(object);
  for (const { clientConfig } of hooks.success ? hooks.data.webhooks : [])
    needs.push(titleOf({ kind: 'Service', ...clientConfig.service }));
  return needs;
}

describe('every manifest', () => {
  test.each(files)('%s has objects of our shape, each once', (name) => {
    const objects = upstreamObjects(name);
    expect(objects.length).toBeGreaterThan(9);
    const titles = objects.map((object) => `${object.apiVersion} ${titleOf(referenceTo(object))}`);
    expect(new Set(titles).size).toBe(titles.length);
  });

  test.each(files)('%s is applied in an order in which nothing precedes what it needs', (name) => {
    const objects = upstreamObjects(name);
    const ranks = inRanks(objects);
    expect(ranks.flatMap((rank) => rank.objects)).toHaveLength(objects.length);
    const rankOf = new Map<string, number>();
    for (const [index, rank] of ranks.entries())
      for (const object of rank.objects) {
        rankOf.set(titleOf(referenceTo(object)), index);
        const defined = definition.safeParse(object);
        if (object.kind === 'CustomResourceDefinition' && defined.success)
          rankOf.set(`${defined.data.spec.names.kind} of ${defined.data.spec.group}`, index);
      }
    let judged = 0;
    for (const [index, rank] of ranks.entries())
      for (const object of rank.objects)
        for (const need of needsOf(object)) {
          const needed = rankOf.get(need);
          if (needed === undefined) continue;
          judged += 1;
          expect(needed, `${titleOf(referenceTo(object))} needs ${need}`).toBeLessThan(index);
        }
    // The manifests of definitions have nothing that needs anything.
    expect(judged > 0).toBe(!name.endsWith('-crds.yaml'));
  });
});

describe('webhooks', () => {
  test.each([
    ['metallb-native.yaml', { validating: ['metallb-webhook-configuration'], mutating: [] }],
    [
      'serving-core.yaml',
      {
        validating: ['config.webhook.serving.knative.dev', 'validation.webhook.serving.knative.dev'],
        mutating: ['webhook.serving.knative.dev'],
      },
    ],
    [
      'net-istio.yaml',
      {
        validating: ['config.webhook.istio.networking.internal.knative.dev'],
        mutating: ['webhook.istio.networking.internal.knative.dev'],
      },
    ],
    [
      'eventing-core.yaml',
      {
        validating: ['config.webhook.eventing.knative.dev', 'validation.webhook.eventing.knative.dev'],
        mutating: ['sinkbindings.webhook.sources.knative.dev', 'webhook.eventing.knative.dev'],
      },
    ],
  ])('%s has these, and each has its service in the same manifest', (name, wanted) => {
    const objects = upstreamObjects(name);
    const named = (kind: string) =>
      objects
        .filter((object) => object.kind === kind)
        .map(({ metadata }) => metadata.name)
        .sort();
    expect({
      validating: named('ValidatingWebhookConfiguration'),
      mutating: named('MutatingWebhookConfiguration'),
    }).toEqual(wanted);
    for (const configuration of objects.filter(({ kind }) => kind.endsWith('WebhookConfiguration')))
      for (const { clientConfig } of hook.parse(configuration).webhooks)
        expect(theObject(objects, 'Service', clientConfig.service.name).metadata.namespace).toBe(
          clientConfig.service.namespace,
        );
  });
});

describe('patches', () => {
  /** The containers of a changed object, by name. */
  const containersOf = (object: KubernetesObject) => {
    const container = z.looseObject({
      name: z.string(),
      args: z.array(z.string()).optional(),
      env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).default([]),
    });
    const shape = z.looseObject({
      spec: z.looseObject({
        template: z.looseObject({ spec: z.looseObject({ containers: z.array(container) }) }),
      }),
    });
    return new Map(shape.parse(object).spec.template.spec.containers.map((each) => [each.name, each]));
  };
  /** The manifest with a patch; nothing but the one object is another, and the patch once more changes nothing. */
  const changed = (file: string, given: z.input<typeof manifestPatch>) => {
    const objects = upstreamObjects(file);
    const result = patchObjects(objects, [patch(given)], file);
    expect(result.filter((object, index) => object !== objects[index])).toHaveLength(1);
    expect(patchObjects(result, [patch(given)], file)).toEqual(result);
    return {
      before: theObject(objects, given.kind, given.name),
      after: theObject(result, given.kind, given.name),
    };
  };

  test('an environment variable of calico-node is added, all others stay', () => {
    const variable = { name: 'IP_AUTODETECTION_METHOD', value: 'kubernetes-internal-ip' };
    const { before, after } = changed('calico.yaml', {
      kind: 'DaemonSet',
      name: 'calico-node',
      namespace: 'kube-system',
      merge: { spec: { template: { spec: { containers: [{ name: 'calico-node', env: [variable] }] } } } },
    });
    const env = (object: KubernetesObject) => containersOf(object).get('calico-node')?.env ?? [];
    expect(env(before).some(({ name }) => name === variable.name)).toBe(false);
    expect(env(after)).toEqual([...env(before), variable]);
  });

  test('an environment variable of calico-node is replaced in its place', () => {
    const { before, after } = changed('calico.yaml', {
      kind: 'DaemonSet',
      name: 'calico-node',
      merge: {
        spec: {
          template: {
            spec: { containers: [{ name: 'calico-node', env: [{ name: 'CALICO_IPV4POOL_IPIP', value: 'Never' }] }] },
          },
        },
      },
    });
    const env = (object: KubernetesObject) => containersOf(object).get('calico-node')?.env ?? [];
    expect(env(before)).toContainEqual({ name: 'CALICO_IPV4POOL_IPIP', value: 'Always' });
    expect(env(after)).toContainEqual({ name: 'CALICO_IPV4POOL_IPIP', value: 'Never' });
    expect(env(after)).toHaveLength(env(before).length);
  });

  test('a field of the ConfigMap of Calico is replaced, the others stay', () => {
    const { before, after } = changed('calico.yaml', {
      kind: 'ConfigMap',
      name: 'calico-config',
      namespace: 'kube-system',
      merge: { data: { veth_mtu: '1400' } },
    });
    const data = (object: KubernetesObject) => (object as unknown as { data: Record<string, string> }).data;
    expect(data(after)).toEqual({ ...data(before), veth_mtu: '1400' });
    expect(Object.keys(data(before)).length).toBeGreaterThan(2);
  });

  test('arguments of the MetalLB controller: one replaced, one new, the others stay', () => {
    const { before, after } = changed('metallb-native.yaml', {
      kind: 'Deployment',
      name: 'controller',
      namespace: 'metallb-system',
      addArguments: { controller: ['--log-level=debug', '--lb-class=vhive'] },
    });
    const there = containersOf(before).get('controller')?.args ?? [];
    expect(there).toContain('--log-level=info');
    expect(containersOf(after).get('controller')?.args).toEqual([
      ...there.map((argument) => (argument === '--log-level=info' ? '--log-level=debug' : argument)),
      '--lb-class=vhive',
    ]);
  });

  test("Serving's queue proxy is another image, in the Image and in config-deployment", () => {
    const image = 'example.org/queue:1';
    const cached = changed('serving-core.yaml', {
      kind: 'Image',
      name: 'queue-proxy',
      namespace: 'knative-serving',
      merge: { spec: { image } },
    });
    expect(cached.before).not.toMatchObject({ spec: { image } });
    expect(cached.after).toMatchObject({ spec: { image } });
    const { before, after } = changed('serving-core.yaml', {
      kind: 'ConfigMap',
      name: 'config-deployment',
      namespace: 'knative-serving',
      merge: { data: { 'queue-sidecar-image': image } },
    });
    const data = (object: KubernetesObject) => (object as unknown as { data: Record<string, string> }).data;
    expect(Object.keys(data(before))).toContain('queue-sidecar-image');
    expect(data(after)).toEqual({ ...data(before), 'queue-sidecar-image': image });
  });
});
