import * as z from 'zod';
import { hasCondition, unmetCondition } from '../conditions.ts';
import { objectTarget } from './object-target.ts';
import type { WaitTarget } from './wait-target.ts';

const deployment = z.object({
  metadata: z.looseObject({ generation: z.number().default(0) }),
  spec: z.looseObject({ replicas: z.number().default(1) }).prefault({}),
  status: z
    .looseObject({ availableReplicas: z.number().default(0), observedGeneration: z.number().default(0) })
    .prefault({}),
});

/** The deployment is Available, as last written. */
export function deploymentAvailable({ namespace, name }: { namespace: string; name: string }): WaitTarget {
  return objectTarget({
    reference: { apiVersion: 'apps/v1', kind: 'Deployment', name, namespace },
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
      return [count, unmetCondition(object, 'Available')].filter(Boolean).join('; ');
    },
  });
}
