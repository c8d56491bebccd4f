import { hasCondition, unmetCondition } from '@vhive/base/kubernetes/conditions';
import * as z from 'zod';
import { objectTarget } from './object-target.ts';
import type { WaitTarget } from './wait-target.ts';

const deployment = z.object({
  metadata: z.looseObject({ generation: z.number().default(0) }),
  spec: z.looseObject({ replicas: z.number().default(1) }).prefault({}),
  status: z
    .looseObject({
      replicas: z.number().default(0),
      updatedReplicas: z.number().default(0),
      availableReplicas: z.number().default(0),
      observedGeneration: z.number().default(0),
    })
    .prefault({}),
});

/**
 * Waits until a deployment is Available in its latest version, that is without any pod of an earlier one: the old pods
 * alone would keep it Available while the new ones fail. `kubectl rollout status` judges in the same way.
 */
export function deploymentAvailable({ namespace, name }: { namespace: string; name: string }): WaitTarget {
  return objectTarget({
    reference: { apiVersion: 'apps/v1', kind: 'Deployment', name, namespace },
    reached(object) {
      const parsed = deployment.safeParse(object);
      if (!parsed.success || !hasCondition(object, 'Available')) return false;
      const { metadata, spec, status } = parsed.data;
      return (
        status.observedGeneration >= metadata.generation &&
        status.updatedReplicas >= spec.replicas &&
        status.replicas <= status.updatedReplicas
      );
    },
    state(object) {
      const parsed = deployment.safeParse(object);
      if (!parsed.success) return 'it does not exist';
      const { spec, status } = parsed.data;
      const count = `${status.availableReplicas} of ${spec.replicas} pods available`;
      const fresh = Math.min(status.updatedReplicas, spec.replicas);
      const old = status.replicas > fresh ? `${fresh} as last written` : '';
      return [count, old, unmetCondition(object, 'Available')].filter(Boolean).join('; ');
    },
  });
}
