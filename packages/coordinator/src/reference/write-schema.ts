import { writeFile } from 'node:fs/promises';
import { clusterFileJsonSchema } from '@vhive/core/cluster-file/schema';
import { openApiDocument } from '@vhive/shared/openapi';

const docs = new URL('../../../../docs/', import.meta.url);

/** The generated JSON files of docs/: the schema of the cluster file for editors, and the description of the HTTP API. */
export const schemas: readonly { file: URL; value(): unknown }[] = [
  { file: new URL('cluster-file.schema.json', docs), value: clusterFileJsonSchema },
  { file: new URL('openapi.json', docs), value: openApiDocument },
];

if (import.meta.main)
  for (const { file, value } of schemas) await writeFile(file, `${JSON.stringify(value(), null, 2)}\n`);
