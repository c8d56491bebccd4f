import { isDeepStrictEqual } from 'node:util';
import type { KubernetesObject } from '@vhive/shared';

/** Returns the object without what the server itself keeps about it, which nobody asked for. */
export function asWanted(object: KubernetesObject) {
  const { status: _status, ...rest } = object;
  const {
    managedFields: _managedFields,
    resourceVersion: _resourceVersion,
    generation: _generation,
    creationTimestamp: _creationTimestamp,
    uid: _uid,
    selfLink: _selfLink,
    ...metadata
  } = object.metadata;
  return { ...rest, metadata };
}

/** Tells whether two states of an object ask for the same. */
export function isSame(a: KubernetesObject, b: KubernetesObject): boolean {
  return isDeepStrictEqual(asWanted(a), asWanted(b));
}

/** Returns the top-level parts that differ, such as "spec" or "metadata". */
export function differingParts(live: KubernetesObject, next: KubernetesObject): string[] {
  const [before, after] = [asWanted(live) as Record<string, unknown>, asWanted(next) as Record<string, unknown>];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => !isDeepStrictEqual(before[key], after[key]),
  );
}
