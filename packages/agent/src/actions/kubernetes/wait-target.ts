import type { KubernetesObject, Params } from '@vhive/shared';
import * as z from 'zod';
import type { ObjectReference } from '../../host/kubernetes-api.ts';
import { conditionsOf, hasCondition } from './conditions.ts';

type Target = Exclude<Params<'kubernetes.wait'>['for'], { type: 'api-server' }>;

/** What is watched, when it is reached, and what an object says about why it is not. */
export interface WaitTarget {
  reference: ObjectReference;
  reached(object: KubernetesObject | undefined): boolean;
  state(object: KubernetesObject | undefined): string;
}

const daemonSet = z.object({
  metadata: z.looseObject({ generation: z.number().default(0) }),
  status: z
    .looseObject({
      desiredNumberScheduled: z.number().default(0),
      numberReady: z.number().default(0),
      updatedNumberScheduled: z.number().default(0),
      observedGeneration: z.number().default(0),
    })
    .prefault({}),
});
const deployment = z.object({
  metadata: z.looseObject({ generation: z.number().default(0) }),
  spec: z.looseObject({ replicas: z.number().default(1) }).prefault({}),
  status: z
    .looseObject({ availableReplicas: z.number().default(0), observedGeneration: z.number().default(0) })
    .prefault({}),
});
const node = z.object({ spec: z.looseObject({ podCIDR: z.string().optional() }).prefault({}) });

/** The range of pod addresses of a node, once it has one. */
export function podCidrOf(object: KubernetesObject | undefined): string | undefined {
  const parsed = node.safeParse(object);
  return parsed.success ? parsed.data.spec.podCIDR : undefined;
}

const unmet = (object: KubernetesObject | undefined, type: string) =>
  conditionsOf(object)
    .filter((condition) => condition.type === type && condition.status !== 'True')
    .map(({ reason, message }) => `${type} is not true: ${[reason, message].filter(Boolean).join(', ')}`)
    .join('; ');

function nodeTarget(
  name: string,
  reached: WaitTarget['reached'],
  waitsFor: string,
  why: WaitTarget['state'],
): WaitTarget {
  return {
    reference: { apiVersion: 'v1', kind: 'Node', name },
    reached,
    state: (object) => (object === undefined ? `node ${name} is not registered yet` : why(object) || waitsFor),
  };
}

/** The rules of each thing one can wait for. */
export function waitTarget(target: Target): WaitTarget {
  switch (target.type) {
    case 'node-ready':
      return nodeTarget(
        target.node,
        (object) => hasCondition(object, 'Ready'),
        'its kubelet has said nothing yet',
        (object) => unmet(object, 'Ready'),
      );
    case 'node-registered':
      return nodeTarget(
        target.node,
        (object) => podCidrOf(object) !== undefined,
        'it has no range of pod addresses yet: does the controller manager run?',
        () => '',
      );
    case 'deployment-available':
      return {
        reference: { apiVersion: 'apps/v1', kind: 'Deployment', name: target.name, namespace: target.namespace },
        reached(object) {
          const parsed = deployment.safeParse(object);
          return (
            parsed.success &&
            hasCondition(object, 'Available') &&
            parsed.data.status.observedGeneration >= parsed.data.metadata.generation
          );
        },
        state(object) {
          const parsed = deployment.safeParse(object);
          if (!parsed.success) return 'it does not exist';
          const count = `${parsed.data.status.availableReplicas} of ${parsed.data.spec.replicas} pods available`;
          return [count, unmet(object, 'Available')].filter(Boolean).join('; ');
        },
      };
    case 'daemonset-ready':
      return {
        reference: { apiVersion: 'apps/v1', kind: 'DaemonSet', name: target.name, namespace: target.namespace },
        reached(object) {
          const parsed = daemonSet.safeParse(object);
          if (!parsed.success) return false;
          const { metadata, status } = parsed.data;
          return (
            status.observedGeneration >= metadata.generation &&
            status.updatedNumberScheduled >= status.desiredNumberScheduled &&
            status.numberReady >= status.desiredNumberScheduled
          );
        },
        state(object) {
          const parsed = daemonSet.safeParse(object);
          if (!parsed.success) return 'it does not exist';
          return `${parsed.data.status.numberReady} of ${parsed.data.status.desiredNumberScheduled} pods ready`;
        },
      };
  }
}
