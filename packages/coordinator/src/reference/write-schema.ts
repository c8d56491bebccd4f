import { writeFile } from 'node:fs/promises';
import { clusterFileJsonSchema } from '@vhive/core/cluster-file/schema';

/** Where the JSON schema of the cluster file is kept for editors. */
export const SCHEMA_FILE = new URL('../../../../docs/cluster-file.schema.json', import.meta.url);

/** The file as it should be. */
export function schemaText(): string {
  return `${JSON.stringify(clusterFileJsonSchema(), null, 2)}\n`;
}

if (import.meta.main) await writeFile(SCHEMA_FILE, schemaText());
