import type { KubernetesObject } from '@vhive/shared';
import * as z from 'zod';

const conditions = z.object({
  status: z
    .looseObject({
      conditions: z
        .array(
          z.looseObject({
            type: z.string(),
            status: z.string(),
            reason: z.string().default(''),
            message: z.string().default(''),
          }),
        )
        .default([]),
    })
    .prefault({}),
});

/** Returns the conditions of an object's status; none while it has no status. */
export function conditionsOf(object: KubernetesObject | undefined) {
  const parsed = conditions.safeParse(object);
  return parsed.success ? parsed.data.status.conditions : [];
}

/** Tells whether a condition holds, such as a node's Ready. */
export function hasCondition(object: KubernetesObject | undefined, type: string): boolean {
  return conditionsOf(object).some((condition) => condition.type === type && condition.status === 'True');
}

/**
 * Tells in the object's own words why a condition does not hold; an empty text when the object says nothing about it.
 */
export function unmetCondition(object: KubernetesObject | undefined, type: string): string {
  return conditionsOf(object)
    .filter((condition) => condition.type === type && condition.status !== 'True')
    .map(({ reason, message }) => `${type} is not true: ${[reason, message].filter(Boolean).join(', ')}`)
    .join('; ');
}

/** Tells why a Job has failed for good, so that it never completes; undefined for one that has not. */
export function jobFailure(job: KubernetesObject | undefined): string | undefined {
  const failure = conditionsOf(job).find(({ type, status }) => type === 'Failed' && status === 'True');
  return failure && ['the job has failed', failure.reason, failure.message].filter(Boolean).join(', ');
}
