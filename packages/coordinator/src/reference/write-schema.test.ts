import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { SCHEMA_FILE, schemaText } from './write-schema.ts';

it('the JSON schema in docs is that of the code; else: npm run docs', async () => {
  expect(JSON.parse(await readFile(SCHEMA_FILE, 'utf8'))).toEqual(JSON.parse(schemaText()));
});
