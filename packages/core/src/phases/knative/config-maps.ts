import type { ManifestPatch } from '../kit/manifests.ts';

/** Entries of ConfigMaps, by their names without `config-`. */
export type Entries = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The names of ConfigMaps without their `config-`, by the manifest that has them. Not every version has all. */
type Manifests = Readonly<Record<string, readonly string[]>>;

/** The ConfigMaps in the namespace knative-serving. */
export const servingConfigMaps = {
  'serving-core': [
    ...['autoscaler', 'certmanager', 'defaults', 'deployment', 'domain', 'features', 'gc', 'leader-election'],
    ...['logging', 'network', 'observability', 'tracing'],
  ],
  'net-istio': ['istio'],
} as const satisfies Manifests;

/** The ConfigMaps in the namespace knative-eventing. */
export const eventingConfigMaps = {
  'eventing-core': [
    ...['br-default-channel', 'br-defaults', 'features', 'kreference-mapping', 'leader-election', 'logging'],
    ...['observability', 'ping-defaults', 'sugar', 'tracing'],
  ],
  'in-memory-channel': ['imc-event-dispatcher'],
} as const satisfies Manifests;

/** Makes the patches that put entries into those ConfigMaps that are named, as those of one manifest. */
export function configMapPatches(namespace: string, entries: Entries, names: readonly string[]): ManifestPatch[] {
  return Object.entries(entries)
    .filter(([name]) => names.includes(name))
    .map(([name, data]) => ({ kind: 'ConfigMap', name: `config-${name}`, namespace, merge: { data } }));
}

/** Returns our entries with the operator's put over them. ConfigMaps without an entry are left out. */
export function withOwnEntries(ours: Entries, own: Entries): Record<string, Record<string, string>> {
  const names = [...new Set([...Object.keys(ours), ...Object.keys(own)])];
  const merged = names.map((name) => [name, { ...ours[name], ...own[name] }] as const);
  return Object.fromEntries(merged.filter(([, entries]) => Object.keys(entries).length > 0));
}
