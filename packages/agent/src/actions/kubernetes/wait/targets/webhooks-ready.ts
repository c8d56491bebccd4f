import { ignoring } from '@vhive/base/ignoring';
import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { obstacles } from '@vhive/base/kubernetes/obstacles/index';
import * as z from 'zod';
import { objectTarget } from './object-target.ts';
import type { Seen, Sight, WaitTarget } from './wait-target.ts';

const configuration = z.object({
  webhooks: z
    .array(
      z.looseObject({
        name: z.string(),
        clientConfig: z.looseObject({
          caBundle: z.string().default(''),
          service: z.looseObject({ namespace: z.string(), name: z.string() }).optional(),
        }),
      }),
    )
    .default([]),
});
const endpoints = z.object({
  subsets: z
    .array(z.looseObject({ addresses: z.array(z.unknown()).default([]) }))
    .nullish()
    .transform((subsets) => subsets ?? []),
});

const webhooksOf = (object: Seen) => {
  const parsed = configuration.safeParse(object);
  return parsed.success ? parsed.data.webhooks : undefined;
};

/**
 * Waits until every webhook of a configuration has the certificate authority by which the API server recognises it. The
 * controller of the webhook writes it there.
 */
const certified = (kind: string, name: string) =>
  objectTarget({
    reference: { apiVersion: 'admissionregistration.k8s.io/v1', kind, name },
    reached: (object) => webhooksOf(object)?.every(({ clientConfig }) => clientConfig.caBundle !== '') ?? false,
    state(object) {
      const without = webhooksOf(object)?.filter(({ clientConfig }) => clientConfig.caBundle === '');
      if (!without) return 'it does not exist';
      return `no certificate authority yet: ${without.map((webhook) => webhook.name).join(', ')}`;
    },
  });

/**
 * Waits until a pod answers behind the service. Endpoints are used because, unlike the versions of EndpointSlice, every
 * version of Kubernetes that we know serves them.
 */
function answered(namespace: string, name: string): WaitTarget {
  const target = objectTarget({
    reference: { apiVersion: 'v1', kind: 'Endpoints', name, namespace },
    reached(object) {
      const parsed = endpoints.safeParse(object);
      return parsed.success && parsed.data.subsets.some(({ addresses }) => addresses.length > 0);
    },
    state: () => 'its webhook has no ready pod yet',
  });
  const service = { apiVersion: 'v1', kind: 'Service', name, namespace };
  return {
    ...target,
    async obstacles(api, signal) {
      const behind = await api.get(service, { signal }).catch(ignoring('it only helps to say what stands in the way'));
      return obstacles(api, service, behind, signal);
    },
  };
}

/** Returns the services behind the webhooks of these configurations, each only once. */
async function servicesOf(api: KubernetesApi, names: readonly (readonly [string, string])[], signal: AbortSignal) {
  const services = new Map<string, WaitTarget>();
  for (const [kind, name] of names) {
    const object = await api.get({ apiVersion: 'admissionregistration.k8s.io/v1', kind, name }, { signal });
    for (const { clientConfig } of webhooksOf(object) ?? [])
      if (clientConfig.service) {
        const { namespace, name: service } = clientConfig.service;
        services.set(`${namespace}/${service}`, answered(namespace, service));
      }
  }
  return [...services.values()];
}

const done: Sight = { reached: true, outputs: {}, state: 'reached' };

/** Waits until every webhook of these configurations has its certificate authority and a ready endpoint. */
export function webhooksReady({ validating, mutating }: { validating: string[]; mutating: string[] }): WaitTarget {
  const names = [
    ...validating.map((name) => ['ValidatingWebhookConfiguration', name] as const),
    ...mutating.map((name) => ['MutatingWebhookConfiguration', name] as const),
  ];
  const certificates = names.map(([kind, name]) => certified(kind, name));
  let missing = new Set(certificates);

  async function followAll(
    targets: readonly WaitTarget[],
    api: KubernetesApi,
    see: (sight: Sight) => void,
    signal: AbortSignal,
  ): Promise<void> {
    missing = new Set(targets);
    const states = new Map<WaitTarget, string>();
    await Promise.all(
      targets.map(async (target) => {
        const tell = (sight: Sight) => {
          if (sight.reached) {
            states.delete(target);
            missing.delete(target);
          } else states.set(target, `${target.title}: ${sight.state}`);
          if (states.size > 0) see({ reached: false, outputs: {}, state: [...states.values()].join('; ') });
        };
        await target.follow(api, tell, signal);
      }),
    );
  }

  return {
    title: `webhooks ${[...validating, ...mutating].join(', ')}`,
    async look(api, signal) {
      for (const target of [...certificates, ...(await servicesOf(api, names, signal))]) {
        const sight = await target.look(api, signal);
        if (!sight.reached) return { ...sight, state: `${target.title}: ${sight.state}` };
      }
      return done;
    },
    async follow(api, see, signal) {
      await followAll(certificates, api, see, signal);
      await followAll(await servicesOf(api, names, signal), api, see, signal);
      return done;
    },
    async obstacles(api, signal) {
      return (await Promise.all([...missing].map((target) => target.obstacles(api, signal)))).flat();
    },
  };
}
