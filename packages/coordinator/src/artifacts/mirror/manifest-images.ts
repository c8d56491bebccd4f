import { fullImageReference, type KubernetesObject, type ManifestPatch, readImageReference } from '@vhive/shared';

/** Images by where in the objects they stand, so that a patch's image takes the place of the manifest's. */
type ImagesByPlace = Map<string, string>;

/** What is applied, as the params of `kubernetes.apply` say it. */
export interface PatchedObjects {
  /** Parsed documents of a manifest; what is no object (an empty document) is passed over. */
  objects: readonly unknown[];
  patches?: readonly Pick<ManifestPatch, 'kind' | 'name' | 'merge' | 'addArguments'>[];
  without?: readonly { kind: string; name?: string | undefined }[];
}

/**
 * Images that objects of Kubernetes ask for, in full and sorted: of containers anywhere, of custom resources, and those
 * that controllers are told by arguments (`--...-image=`), variables (`..._IMAGE`) and entries of ConfigMaps
 * (`queue-sidecar-image`). Changed by the patches, as they are when they are applied.
 */
export function imagesInObjects({ objects, patches = [], without = [] }: PatchedObjects): string[] {
  const found: ImagesByPlace = new Map();
  for (const object of objects.flatMap(flattened)) {
    const { kind, metadata } = object;
    if (kind === 'CustomResourceDefinition') continue;
    if (without.some((one) => one.kind === kind && (one.name ?? metadata.name) === metadata.name)) continue;
    collect(object, `${kind}/${metadata.name}`, found);
  }
  for (const { kind, name, merge, addArguments } of patches) {
    collect(merge, `${kind}/${name}`, found);
    collect({ args: Object.values(addArguments).flat() }, `${kind}/${name}/added`, found);
  }
  return [...new Set(found.values())].map(fullImageReference).sort();
}

/** Objects of a document; those of a List are its items. */
function flattened(document: unknown): KubernetesObject[] {
  if (typeof document !== 'object' || document === null || !('kind' in document)) return [];
  if ('items' in document && Array.isArray(document.items)) return document.items.flatMap(flattened);
  return 'metadata' in document ? [document as KubernetesObject] : [];
}

function collect(value: unknown, place: string, found: ImagesByPlace): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) collect(item, `${place}/${nameOf(item) ?? index}`, found);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const { name, value: text } = value as { name?: unknown; value?: unknown };
  if (typeof name === 'string' && /_IMAGE$/.test(name)) add(text, place, found);
  for (const [key, field] of Object.entries(value)) {
    const at = `${place}/${key}`;
    if (key === 'image' || key.endsWith('-image')) add(field, at, found);
    if ((key === 'args' || key === 'command') && Array.isArray(field)) addArgumentImages(field, at, found);
    else collect(field, at, found);
  }
}

/** Lists of named items are merged by name. */
function nameOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null || !('name' in item)) return undefined;
  return typeof item.name === 'string' ? item.name : undefined;
}

/** `--some-image=REF`, `--some-image REF`, and under any name what names registry and version too. */
function addArgumentImages(words: readonly unknown[], place: string, found: ImagesByPlace): void {
  for (const [index, word] of words.entries()) {
    if (typeof word !== 'string') continue;
    const { name = '', text } = /^--?(?<name>[\w.-]+)=(?<text>.*)$/.exec(word)?.groups ?? {};
    const before = words[index - 1];
    const follows = typeof before === 'string' && /^--?[\w.-]*image$/.test(before);
    if (text !== undefined && (/image$/.test(name) || isComplete(text))) add(text, `${place}/${name}`, found);
    else if (follows) add(word, `${place}/${before}`, found);
  }
}

/** Words such as `auto` and `disabled` are none, though they could be short references. */
function add(text: unknown, place: string, found: ImagesByPlace): void {
  if (typeof text !== 'string' || !/[/:@]/.test(text) || readImageReference(text) === undefined) return;
  found.set(place, text);
}

/** Whether a reference names its registry by a domain, and its version. */
function isComplete(text: string): boolean {
  return /^[^/]+\.[^/]+\/.+[:@][^/]+$/.test(text) && readImageReference(text) !== undefined;
}
