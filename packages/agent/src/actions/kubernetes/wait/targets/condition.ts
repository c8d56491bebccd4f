import { hasCondition, jobFailure, unmetCondition } from '@vhive/base/kubernetes/conditions';
import type { ObjectReference } from '@vhive/base/kubernetes/kubernetes-api';
import { defined } from '@vhive/shared';
import { objectTarget } from './object-target.ts';
import type { WaitTarget } from './wait-target.ts';

/** Waits until a condition of one object is True. A Job that has Failed is hopeless, because it never completes. */
export function condition({
  condition: type,
  namespace,
  ...object
}: {
  apiVersion: string;
  kind: string;
  namespace?: string | undefined;
  name: string;
  condition: string;
}): WaitTarget {
  const { apiVersion, kind, name } = object;
  const reference: ObjectReference = { apiVersion, kind, name, ...defined({ namespace }) };
  return objectTarget({
    reference,
    reached: (now) => hasCondition(now, type),
    state: (now) =>
      now === undefined ? 'it does not exist' : unmetCondition(now, type) || `it says nothing about ${type} yet`,
    hopeless(now) {
      return kind !== 'Job' || type === 'Failed' ? undefined : jobFailure(now);
    },
  });
}
