import type { KubernetesObject } from '@vhive/shared';
import type { StuckWorkload } from './stuck.ts';

/** Everything that was applied to the simulated cluster. Controllers decide by it. */
export interface AppliedObjects {
  /**
   * Returns the objects of a kind of an API group, in the order of their names. The group "" is the core of Kubernetes.
   */
  ofKind(kind: string, group?: string): Promise<KubernetesObject[]>;
  /** Returns the workloads that are to be stuck. */
  stuck(): Promise<StuckWorkload[]>;
}

/**
 * Imitates a controller: returns what the controller would make of an object. It is called whenever the object is read
 * and depends only on what was applied. Nothing of its result is stored, so that the machines of a simulation, each of
 * them a process, cannot get in each other's way.
 */
export type Controller = (
  object: KubernetesObject,
  applied: AppliedObjects,
) => Promise<KubernetesObject> | KubernetesObject;

/** Returns a part of an object as a tree of fields; an empty one where the object has no such part. */
export function part(object: object, ...path: string[]): Record<string, unknown> {
  let value: unknown = object;
  for (const key of path)
    value = value && typeof value === 'object' ? (value as Record<string, unknown>)[key] : undefined;
  return value && typeof value === 'object' ? (value as Record<string, unknown>) : {};
}

/** Returns the object with these fields in its status. */
export function withStatus(object: KubernetesObject, status: Record<string, unknown>): KubernetesObject {
  return { ...object, status: { ...part(object, 'status'), ...status } };
}

/** Returns conditions of these types, all of them True. */
export function met(...types: string[]) {
  return types.map((type) => ({ type, status: 'True', reason: 'Simulated', message: '' }));
}

/** Returns a condition that is False. */
export function unmet(type: string, reason: string, message: string) {
  return { type, status: 'False', reason, message };
}
