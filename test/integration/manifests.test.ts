import { inRanks } from '@vhive/agent/actions/kubernetes/apply/apply-order';
import { patchObjects } from '@vhive/agent/actions/kubernetes/patch/patch';
import { referenceTo, titleOf } from '@vhive/base/kubernetes/reference';
import { imagesInObjects } from '@vhive/coordinator/artifacts/mirror/manifest-images';
import { type KubernetesObject, type ManifestPatch, manifestPatch } from '@vhive/shared';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { missingIn } from '../support/missing-in.ts';
import { smallManifest, smallManifestNames, smallManifestText, theObject } from '../support/small-manifests.ts';

// These tests use the small manifests, which have upstream's names, kinds and fields.

/**
 * Returns whether a manifest needs nothing. The device plugin is one DaemonSet that needs nothing, and definitions need
 * nothing either.
 */
const needsNothing = (name: string) => name === 'nvidia-device-plugin' || name.endsWith('-crds');

const patch = (given: z.input<typeof manifestPatch>): ManifestPatch => manifestPatch.parse(given);

/** The names of service accounts, config maps and secrets that a pod specification cannot do without. */
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

/**
 * Returns what an object cannot do without, as `kind namespace/name`, and as `kind of group` for the definition of its
 * kind.
 */
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
  test.each(smallManifestNames)('%s has objects of our shape, each once', (name) => {
    const objects = smallManifest(name);
    expect(objects).toHaveLength(smallManifestText(name).split(/^---$/m).length);
    const titles = objects.map((object) => `${object.apiVersion} ${titleOf(referenceTo(object))}`);
    expect(new Set(titles).size).toBe(titles.length);
  });

  test.each(smallManifestNames)('%s is applied in an order in which nothing precedes what it needs', (name) => {
    const objects = smallManifest(name);
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
    expect(judged > 0).toBe(!needsNothing(name));
  });
});

describe('a comparison with a real manifest', () => {
  const [controller, speaker] = ['Deployment controller', 'DaemonSet speaker'];

  test('finds nothing where that has more', () => {
    const small = smallManifest('metallb-native');
    expect(missingIn(small, small)).toEqual([]);
    expect(missingIn([...smallManifest('net-istio'), ...small], small.slice(1))).toEqual([]);
  });

  test('finds objects, fields and named items that it lacks', () => {
    const real = smallManifest('metallb-native').filter(({ kind }) => kind !== 'DaemonSet');
    const deployment = theObject(real, 'Deployment', 'controller') as unknown as {
      spec: { template: { spec: { serviceAccountName?: string; containers: { name: string }[] } } };
    };
    delete deployment.spec.template.spec.serviceAccountName;
    deployment.spec.template.spec.containers[0] = { name: 'renamed' };
    expect(missingIn(real, smallManifest('metallb-native')).toSorted()).toEqual([
      speaker,
      `${controller}.spec.template.spec.containers[controller]`,
      `${controller}.spec.template.spec.serviceAccountName`,
    ]);
  });
});

describe('webhooks', () => {
  test.each([
    ['metallb-native', { validating: ['metallb-webhook-configuration'], mutating: [] }],
    [
      'serving-core',
      {
        validating: ['config.webhook.serving.knative.dev', 'validation.webhook.serving.knative.dev'],
        mutating: ['webhook.serving.knative.dev'],
      },
    ],
    [
      'net-istio',
      {
        validating: ['config.webhook.istio.networking.internal.knative.dev'],
        mutating: ['webhook.istio.networking.internal.knative.dev'],
      },
    ],
    [
      'eventing-core',
      {
        validating: ['config.webhook.eventing.knative.dev', 'validation.webhook.eventing.knative.dev'],
        mutating: ['sinkbindings.webhook.sources.knative.dev', 'webhook.eventing.knative.dev'],
      },
    ],
  ])('%s has these, and each has its service in the same manifest', (name, wanted) => {
    const objects = smallManifest(name);
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
  /** Returns the containers of a changed object by name. */
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
  /**
   * Applies a patch to a manifest. It checks that only the one object has changed, and that the same patch changes
   * nothing the second time.
   */
  const changed = (file: string, given: z.input<typeof manifestPatch>) => {
    const objects = smallManifest(file);
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
    const { before, after } = changed('calico-manifest', {
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
    const { before, after } = changed('calico-manifest', {
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
    const { before, after } = changed('calico-manifest', {
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
    const { before, after } = changed('metallb-native', {
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
    const cached = changed('serving-core', {
      kind: 'Image',
      name: 'queue-proxy',
      namespace: 'knative-serving',
      merge: { spec: { image } },
    });
    expect(cached.before).not.toMatchObject({ spec: { image } });
    expect(cached.after).toMatchObject({ spec: { image } });
    const { before, after } = changed('serving-core', {
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

describe('images', () => {
  const images = (name: string, patches: z.input<typeof manifestPatch>[] = []) =>
    imagesInObjects({ objects: smallManifest(name), patches: patches.map(patch) });

  test.each(smallManifestNames.filter((name) => !name.endsWith('-crds')))(
    'of %s: every one that a line says is found',
    (name) => {
      const lines = [...smallManifestText(name).matchAll(/^\s+(?:- )?image: "?([^\s"]+[:@][^\s"]+)"?$/gm)];
      const said = new Set(lines.map(([, reference]) => reference));
      expect(said.size).toBeGreaterThan(0);
      expect(images(name)).toEqual(expect.arrayContaining([...said]));
    },
  );

  test('of Serving: with vHive’s queue-proxy, upstream’s is not needed', () => {
    const queue = 'ghcr.io/vhive-serverless/queue:1.21-firecracker';
    const patched = images('serving-core', [
      { kind: 'Image', name: 'queue-proxy', merge: { spec: { image: queue } } },
      { kind: 'ConfigMap', name: 'config-deployment', merge: { data: { 'queue-sidecar-image': queue } } },
    ]);
    expect(images('serving-core').filter((reference) => reference.includes('/queue@'))).toHaveLength(1);
    expect(patched.filter((reference) => reference.includes('/queue@'))).toEqual([]);
    expect(patched).toContain(queue);
  });

  test('that controllers are told by a variable or an argument are found', () => {
    expect(images('in-memory-channel')).toContainEqual(expect.stringContaining('/in_memory/channel_dispatcher:'));
    expect(images('kube-prometheus-stack')).toContainEqual(expect.stringContaining('/prometheus-config-reloader:'));
  });
});
