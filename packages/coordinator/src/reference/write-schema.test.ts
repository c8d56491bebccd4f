import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { expect, it } from 'vitest';
import { schemas } from './write-schema.ts';

it.each(schemas.map((schema) => [basename(schema.file.pathname), schema] as const))(
  'docs/%s is up to date: npm run docs',
  async (_name, { file, value }) => {
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(JSON.parse(JSON.stringify(value())));
  },
);
