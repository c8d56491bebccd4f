import type { KubernetesObject } from '@vhive/shared';

/** Everything that was applied to the simulated cluster: what controllers go by. */
export interface AppliedObjects {
  /** Those of a kind of an API group ("" is Kubernetes' core), in the order of their names. */
  ofKind(kind: string, group?: string): Promise<KubernetesObject[]>;
}

/**
 * What a controller makes of an object, seen whenever it is read: a function of what was applied and of nothing else.
 * Nothing of it is stored, so that machines of one simulation, each a process, cannot get in each other's way.
 */
export type Controller = (
  object: KubernetesObject,
  applied: AppliedObjects,
) => Promise<KubernetesObject> | KubernetesObject;

/** A part of an object, as a tree of fields; empty where it is none. */
export function part(object: object, ...path: string[]): Record<string, unknown> {
  let value: unknown = object;
  for (const key of path)
    value = value && typeof value === 'object' ? (value as Record<string, unknown>)[key] : undefined;
  return value && typeof value === 'object' ? (value as Record<string, unknown>) : {};
}

/** The object with these fields in its status. */
export function withStatus(object: KubernetesObject, status: Record<string, unknown>): KubernetesObject {
  return { ...object, status: { ...part(object, 'status'), ...status } };
}

/** A condition as it is when all is well. */
export function met(...types: string[]) {
  return types.map((type) => ({ type, status: 'True', reason: 'Simulated', message: '' }));
}
