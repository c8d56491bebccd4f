import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseManifest } from '@vhive/agent/actions/kubernetes/manifest';
import type { KubernetesObject } from '@vhive/shared';

/** Folder of real manifests, as `<host>/<path>` of their addresses; they are no part of the project. */
export const upstreamManifests =
  process.env.VHIVE_UPSTREAM_MANIFESTS ?? join(import.meta.dirname, '../../../shared/upstream-manifests');

/** File names such as "serving-core.yaml" with their paths; empty where the folder is absent. */
export const upstreamFiles: ReadonlyMap<string, string> = new Map(
  existsSync(upstreamManifests)
    ? readdirSync(upstreamManifests, { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.yaml'))
        .sort()
        .map((path) => [basename(path), join(upstreamManifests, path)])
    : [],
);

/** Why tests on them are skipped; undefined: they are not. */
export const withoutUpstream =
  upstreamFiles.size > 0
    ? undefined
    : `no manifests in ${upstreamManifests}: set VHIVE_UPSTREAM_MANIFESTS to a folder of them`;

/** The objects of a manifest by its file name. */
export function upstreamObjects(name: string): KubernetesObject[] {
  const path = upstreamFiles.get(name);
  if (path === undefined) throw new Error(`${name} is not in ${upstreamManifests}`);
  return parseManifest(readFileSync(path, 'utf8'), name);
}

/** The one object of a kind and name in a list. */
export function theObject(objects: readonly KubernetesObject[], kind: string, name: string): KubernetesObject {
  const found = objects.filter((object) => object.kind === kind && object.metadata.name === name);
  const [first] = found;
  if (found.length !== 1 || !first) throw new Error(`${found.length} objects are ${kind} ${name}`);
  return first;
}
