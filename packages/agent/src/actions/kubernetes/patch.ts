import type { KubernetesObject, Params } from '@vhive/shared';
import { failedForGood } from '../failures.ts';

type Patch = Params<'kubernetes.apply'>['patches'][number];
type Tree = Record<string, unknown>;

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);
const isNamedList = (value: unknown): value is (Tree & { name: string })[] =>
  Array.isArray(value) && value.every((item) => isTree(item) && typeof item.name === 'string');

/** Merges like a strategic merge patch: objects by field (null removes), lists of named items by name, all else is replaced. */
export function merge(target: unknown, change: unknown): unknown {
  if (isTree(change)) {
    const result: Tree = isTree(target) ? { ...target } : {};
    for (const [key, value] of Object.entries(change))
      if (value === null) delete result[key];
      else result[key] = merge(result[key], value);
    return result;
  }
  if (isNamedList(change) && change.length > 0 && isNamedList(target)) {
    const changes = new Map(change.map((item) => [item.name, item]));
    const known = new Set(target.map(({ name }) => name));
    return [
      ...target.map((item) => (changes.has(item.name) ? mergeItem(item, changes.get(item.name)) : item)),
      ...change.filter(({ name }) => !known.has(name)).map((item) => merge(undefined, item)),
    ];
  }
  return change;
}

/** An environment variable is either a value or a reference to one: a new one takes the place of the other. */
function mergeItem(item: Tree, change: unknown): unknown {
  const base = { ...item };
  if (isTree(change) && 'value' in change) delete base.valueFrom;
  if (isTree(change) && 'valueFrom' in change) delete base.value;
  return merge(base, change);
}

/** Applies patches to the objects they name. One that matches nothing is an error: upstream moved what it was meant for. */
export function patchObjects(
  objects: readonly KubernetesObject[],
  patches: readonly Patch[],
  manifest: string,
): KubernetesObject[] {
  const result = [...objects];
  for (const { kind, name, namespace, merge: change } of patches) {
    const matches = result.flatMap((object, index) =>
      object.kind === kind &&
      object.metadata.name === name &&
      (namespace === undefined || object.metadata.namespace === namespace)
        ? [index]
        : [],
    );
    if (matches.length === 0) {
      const there = result.filter((object) => object.kind === kind).map((object) => object.metadata.name);
      throw failedForGood(
        `${manifest} has no ${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}, which is to be changed`,
        { hint: `it has ${there.length > 0 ? `these of the kind: ${there.join(', ')}` : 'none of the kind'}` },
      );
    }
    for (const index of matches) result[index] = merge(result[index], change) as KubernetesObject;
  }
  return result;
}
