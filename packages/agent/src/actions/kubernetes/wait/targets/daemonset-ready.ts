import * as z from 'zod';
import { objectTarget } from './object-target.ts';
import type { WaitTarget } from './wait-target.ts';

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

/** Waits until a DaemonSet has a ready pod of its latest version on every node that should have one. */
export function daemonsetReady({ namespace, name }: { namespace: string; name: string }): WaitTarget {
  return objectTarget({
    reference: { apiVersion: 'apps/v1', kind: 'DaemonSet', name, namespace },
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
  });
}
