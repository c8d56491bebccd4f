import { readdirSync, readFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { parseManifest } from '@vhive/agent/actions/kubernetes/manifest';
import type { KubernetesObject } from '@vhive/shared';

const FOLDER = join(import.meta.dirname, 'manifests');

/**
 * The names of all small manifests, as the catalogue of versions has them. What they are is written in
 * `manifests/README.md`.
 */
export const smallManifestNames: readonly string[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => parse(file).name)
  .sort();

/** Returns the text of a small manifest by its name in the catalogue: `serving-core`. */
export function smallManifestText(name: string): string {
  return readFileSync(join(FOLDER, `${name}.yaml`), 'utf8');
}

/** Returns the objects of a small manifest by its name in the catalogue: `serving-core`. */
export function smallManifest(name: string): KubernetesObject[] {
  return parseManifest(smallManifestText(name), name);
}

/** Returns the one object of a kind and a name in a list. */
export function theObject(objects: readonly KubernetesObject[], kind: string, name: string): KubernetesObject {
  const found = objects.filter((object) => object.kind === kind && object.metadata.name === name);
  const [first] = found;
  if (found.length !== 1 || !first) throw new Error(`${found.length} objects are ${kind} ${name}`);
  return first;
}
