import { clusterFile, componentVersion } from '@vhive/shared';
import { z } from 'zod';
import { type Catalogue, catalogue } from '../versions/catalogue.ts';

/** What of JSON Schema is looked at here. */
interface ObjectSchema {
  properties?: Record<string, ObjectSchema>;
}

/** The names that `versions` of the cluster file may have: the components whose version is the operator's to choose. */
export function overridable(components: Catalogue): string[] {
  return Object.entries(components).flatMap(([name, { versionFrom = 'versions' }]) =>
    versionFrom === 'versions' ? [name] : [],
  );
}

/** The cluster file with a key in `versions` for each component of a catalogue, and no others. */
export function clusterFileWith(components: Catalogue) {
  const versions = overridable(components).map((name) => {
    const note = components[name]?.versionNote;
    return [name, note === undefined ? componentVersion : componentVersion.describe(note)] as const;
  });
  return clusterFile.extend({ versions: z.strictObject(Object.fromEntries(versions)).prefault({}) });
}

/** The cluster file as this release reads it. */
export const readableClusterFile = clusterFileWith(catalogue);

/** The JSON schema of the cluster file, for editors and for humans: https://json-schema.org/draft/2020-12 */
export function clusterFileJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(readableClusterFile, { io: 'input' });
  return { title: 'vHive cluster file (vhive.yaml)', ...schema };
}

/** The keys known at a place of the cluster file; empty where any key may stand. */
export function knownKeys(path: readonly PropertyKey[]): string[] {
  let schema: ObjectSchema | undefined = z.toJSONSchema(readableClusterFile, { io: 'input' }) as ObjectSchema;
  for (const key of path) schema = schema?.properties?.[String(key)];
  return Object.keys(schema?.properties ?? {});
}
