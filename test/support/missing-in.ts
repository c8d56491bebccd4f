import type { KubernetesObject } from '@vhive/shared';

/**
 * Returns what of the objects `small` has no counterpart in `real`: objects by kind and name, and fields by their path.
 * Values may differ. Items of lists that have names are matched by name, and others by index.
 */
export function missingIn(real: readonly KubernetesObject[], small: readonly KubernetesObject[]): string[] {
  return small.flatMap((object) => {
    const { apiVersion, kind, metadata } = object;
    const title = `${kind} ${metadata.name}`;
    const counterpart = real.find(
      (one) =>
        one.apiVersion === apiVersion &&
        one.kind === kind &&
        one.metadata.name === metadata.name &&
        one.metadata.namespace === metadata.namespace,
    );
    return counterpart === undefined ? [title] : missingFields(counterpart, object, title);
  });
}

function missingFields(real: unknown, small: unknown, path: string): string[] {
  if (real === undefined) return [path];
  if (Array.isArray(small)) {
    const items = Array.isArray(real) ? real : [];
    return small.flatMap((item, place) => {
      const name = nameOf(item);
      const counterpart = name === undefined ? items[place] : items.find((one) => nameOf(one) === name);
      return missingFields(counterpart, item, `${path}[${name ?? place}]`);
    });
  }
  if (typeof small !== 'object' || small === null) return [];
  const fields = typeof real === 'object' && real !== null ? (real as Record<string, unknown>) : {};
  return Object.entries(small).flatMap(([key, value]) => missingFields(fields[key], value, `${path}.${key}`));
}

function nameOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null || !('name' in item)) return undefined;
  return typeof item.name === 'string' ? item.name : undefined;
}
