import { clusterFile, componentVersion } from '@vhive/shared';
import * as z from 'zod';
import { type Catalogue, catalogue } from '../versions/catalogue.ts';

/** The part of a JSON Schema that is looked at here. */
interface ObjectSchema {
  properties?: Record<string, ObjectSchema>;
}

/**
 * Returns the names that `versions` in the cluster file may have: the components whose version the operator can choose.
 */
export function overridable(components: Catalogue): string[] {
  return Object.entries(components).flatMap(([name, { versionFrom = 'versions' }]) =>
    versionFrom === 'versions' ? [name] : [],
  );
}

/**
 * Returns the schema of the cluster file in which `versions` has a key for each component of a catalogue, and no
 * others.
 */
export function clusterFileWith(components: Catalogue) {
  const versions = overridable(components).map((name) => {
    const note = components[name]?.versionNote;
    return [name, note === undefined ? componentVersion : componentVersion.describe(note)] as const;
  });
  return clusterFile.extend({ versions: z.strictObject(Object.fromEntries(versions)).prefault({}) });
}

/** The schema of the cluster file as this release reads it. */
export const readableClusterFile = clusterFileWith(catalogue);

/** Returns the JSON schema of the cluster file, for editors and for people: https://json-schema.org/draft/2020-12 */
export function clusterFileJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(readableClusterFile, { io: 'input' });
  return { title: 'vHive cluster file (vhive.yaml)', ...schema };
}

/** Returns the known keys of the map at a path of the cluster file. The list is empty where any key is allowed. */
export function knownKeys(path: readonly PropertyKey[]): string[] {
  let schema: ObjectSchema | undefined = z.toJSONSchema(readableClusterFile, { io: 'input' }) as ObjectSchema;
  for (const key of path) schema = schema?.properties?.[String(key)];
  return Object.keys(schema?.properties ?? {});
}
