import { clusterFile } from '@vhive/shared';
import { z } from 'zod';

/** What of JSON Schema is looked at here. */
interface ObjectSchema {
  properties?: Record<string, ObjectSchema>;
}

/** The JSON schema of the cluster file, for editors and for humans: https://json-schema.org/draft/2020-12 */
export function clusterFileJsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(clusterFile, { io: 'input' });
  return { title: 'vHive cluster file (vhive.yaml)', ...schema };
}

/** The keys known at a place of the cluster file; empty where any key may stand. */
export function knownKeys(path: readonly PropertyKey[]): string[] {
  let schema: ObjectSchema | undefined = z.toJSONSchema(clusterFile, { io: 'input' }) as ObjectSchema;
  for (const key of path) schema = schema?.properties?.[String(key)];
  return Object.keys(schema?.properties ?? {});
}
