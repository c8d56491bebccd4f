import { fullImageReference, type KubernetesObject, type ManifestPatch, readImageReference } from '@vhive/shared';

/**
 * Images by their path in the objects, so that an image in a patch replaces the one at the same path in the manifest.
 */
type ImagesByPath = Map<string, string>;

/** What is applied, in the form of the parameters of `kubernetes.apply`. */
export interface PatchedObjects {
  /** The parsed documents of a manifest. A document that is no object, such as an empty one, is passed over. */
  objects: readonly unknown[];
  patches?: readonly Pick<ManifestPatch, 'kind' | 'name' | 'merge' | 'addArguments'>[];
  without?: readonly { kind: string; name?: string | undefined }[];
}

/**
 * Returns the images that objects of Kubernetes ask for, as full references, sorted. These are the images of containers
 * anywhere and of custom resources, and those that controllers are told by arguments (`--...-image=`), variables
 * (`..._IMAGE`) and entries of ConfigMaps (`queue-sidecar-image`). The patches are taken into account, as they are when
 * the objects are applied.
 */
export function imagesInObjects({ objects, patches = [], without = [] }: PatchedObjects): string[] {
  const found: ImagesByPath = new Map();
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

/** Returns the objects of a document. Those of a List are its items. */
function flattened(document: unknown): KubernetesObject[] {
  if (typeof document !== 'object' || document === null || !('kind' in document)) return [];
  if ('items' in document && Array.isArray(document.items)) return document.items.flatMap(flattened);
  return 'metadata' in document ? [document as KubernetesObject] : [];
}

function collect(value: unknown, path: string, found: ImagesByPath): void {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) collect(item, `${path}/${nameOf(item) ?? index}`, found);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  const { name, value: text } = value as { name?: unknown; value?: unknown };
  if (typeof name === 'string' && /_IMAGE$/.test(name)) add(text, path, found);
  for (const [key, field] of Object.entries(value)) {
    const at = `${path}/${key}`;
    if (key === 'image' || key.endsWith('-image')) add(field, at, found);
    if ((key === 'args' || key === 'command') && Array.isArray(field)) addArgumentImages(field, at, found);
    else collect(field, at, found);
  }
}

/** Returns the name of an item of a list. Lists of named items are merged by name. */
function nameOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null || !('name' in item)) return undefined;
  return typeof item.name === 'string' ? item.name : undefined;
}

/**
 * Adds the images in arguments: `--some-image=REF`, `--some-image REF`, and under any name a text that names both an
 * image registry and a version.
 */
function addArgumentImages(words: readonly unknown[], path: string, found: ImagesByPath): void {
  for (const [index, word] of words.entries()) {
    if (typeof word !== 'string') continue;
    const { name = '', text } = /^--?(?<name>[\w.-]+)=(?<text>.*)$/.exec(word)?.groups ?? {};
    const before = words[index - 1];
    const follows = typeof before === 'string' && /^--?[\w.-]*image$/.test(before);
    if (text !== undefined && (/image$/.test(name) || isComplete(text))) add(text, `${path}/${name}`, found);
    else if (follows) add(word, `${path}/${before}`, found);
  }
}

/**
 * Adds a text if it is an image reference. Words such as `auto` and `disabled` are none, though they could be short
 * references.
 */
function add(text: unknown, path: string, found: ImagesByPath): void {
  if (typeof text !== 'string' || !/[/:@]/.test(text) || readImageReference(text) === undefined) return;
  found.set(path, text);
}

/** Returns whether a reference names its image registry by a domain, and its version. */
function isComplete(text: string): boolean {
  return /^[^/]+\.[^/]+\/.+[:@][^/]+$/.test(text) && readImageReference(text) !== undefined;
}
