import type { KubernetesApi, ObjectReference } from '@vhive/base/kubernetes/kubernetes-api';
import { referenceTo } from '@vhive/base/kubernetes/reference';
import type { KubernetesObject } from '@vhive/shared';

/** Where the cluster keeps what was applied: one ConfigMap, with a key for each inventory. */
const CONFIG_MAP = { apiVersion: 'v1', kind: 'ConfigMap', name: 'vhive-applied', namespace: 'kube-system' } as const;

/** The kinds whose objects stay, because with them would go what others keep in them. */
const KEPT = new Set(['Namespace', 'CustomResourceDefinition', 'PersistentVolume', 'PersistentVolumeClaim']);

/** What was applied under one name, and under all others. */
export interface Inventory {
  /** The objects of this name; undefined when it was never written. */
  own: ObjectReference[] | undefined;
  /** The objects of all other names. */
  others: ObjectReference[];
}

/** Reads an inventory. Lines that nobody can have written are passed over. */
export async function readInventory(api: KubernetesApi, name: string, signal: AbortSignal): Promise<Inventory> {
  const map = await api.get(CONFIG_MAP, { signal });
  const data = (map?.data ?? {}) as Record<string, unknown>;
  const own = data[name];
  const others = Object.entries(data).filter(([key]) => key !== name);
  return {
    own: typeof own === 'string' ? parse(own) : undefined,
    others: others.flatMap(([, text]) => (typeof text === 'string' ? parse(text) : [])),
  };
}

/** Writes which objects belong to a name. Each name has a field manager of its own, so that none touches another's. */
export async function writeInventory(
  api: KubernetesApi,
  name: string,
  objects: readonly ObjectReference[],
  signal: AbortSignal,
): Promise<void> {
  const { apiVersion, kind, ...metadata } = CONFIG_MAP;
  const data = { [name]: inventoryText(objects) };
  const options = { dryRun: false, fieldManager: `vhive-applied-${name}`, signal };
  await api.apply({ apiVersion, kind, metadata, data }, options);
}

/** Returns the lines of an inventory, `<apiVersion> <kind> [<namespace>/]<name>` each, in order. */
export function inventoryText(objects: readonly ObjectReference[]): string {
  const lines = objects.map(
    ({ apiVersion, kind, namespace, name }) =>
      `${apiVersion} ${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}\n`,
  );
  return [...new Set(lines)].sort().join('');
}

/** Reads what {@link inventoryText} wrote. */
export function parse(text: string): ObjectReference[] {
  return text.split('\n').flatMap((line) => {
    const [, apiVersion, kind, namespace, name] = /^(\S+) (\S+) (?:([^\s/]+)\/)?([^\s/]+)$/.exec(line) ?? [];
    if (apiVersion === undefined || kind === undefined || name === undefined) return [];
    return [{ apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) }];
  });
}

/**
 * Returns the objects that were applied once and belong to nobody now: they are in the inventory, are not wanted any
 * more, and stand in no other inventory. Versions of an API are looked through, because the objects are the same ones.
 */
export function noLongerWanted(
  { own = [], others }: Inventory,
  wanted: readonly KubernetesObject[],
): ObjectReference[] {
  const needed = new Set([...wanted.map(referenceTo), ...others].map(identity));
  return own.filter((reference) => !KEPT.has(reference.kind) && !needed.has(identity(reference)));
}

/** Objects of namespaced kinds that name no namespace are in `default`. */
function identity({ apiVersion, kind, namespace, name }: ObjectReference): string {
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  return [group, kind, namespace === 'default' ? '' : (namespace ?? ''), name].join(' ');
}

/** Tells whether an object has fields that were applied by one of our field managers, so that it may be deleted. */
export function isOurs({ metadata }: KubernetesObject, fieldManager: string): boolean {
  const managers = (metadata.managedFields ?? []) as { manager?: string }[];
  return managers.some(({ manager }) => manager === fieldManager);
}
