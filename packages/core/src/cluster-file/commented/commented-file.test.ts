import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { resolveConfig } from '../resolve-config.ts';
import { clusterFileJsonSchema } from '../schema.ts';
import { commentedClusterFile } from './commented-file.ts';

const read = (text: string) => resolveConfig({ file: { path: 'vhive.yaml', text } });

/** All values of the file, those included that are commented out. */
function allValues(text: string): unknown {
  const lines = text.split('\n').filter((line) => !/: <[^>]+>$/.test(line));
  const file = lines.map((line) => (/^# *\w+:( |$)/.test(line) ? line.slice(2) : line)).join('\n');
  // A map none of whose fields has a default stands there as an empty one.
  return JSON.parse(JSON.stringify(parseDocument(file).toJS()), (_, value: unknown) => value ?? undefined);
}

it('is valid as it is, and means nothing but what was asked for', () => {
  expect(read(commentedClusterFile({}))).toEqual(read(''));
  const asked = { sandbox: 'gvisor', nodes: 4, network: { plugin: 'bridge' }, extras: { chrony: { enabled: true } } };
  expect(read(commentedClusterFile(asked))).toEqual(read(JSON.stringify(asked)));
});

it('has every default, so that a line that is uncommented changes nothing', () => {
  const values = JSON.stringify(allValues(commentedClusterFile({})));
  expect(values.match(/"\w+":/g)?.length).toBeGreaterThan(60);
  expect(read(values)).toEqual(read(''));
});

it('has every field, with what it means', () => {
  const text = commentedClusterFile({});
  const fields = (schema: { properties?: Record<string, object> }): string[] =>
    Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => [key, ...fields(inner)]);
  const all = fields(clusterFileJsonSchema());
  expect(all.length).toBeGreaterThan(100);
  expect(all.filter((key) => !new RegExp(`^[# ]*${key}:`, 'm').test(text))).toEqual([]);
});

it('keeps any text that a field may have', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }), (text) => {
      const file = commentedClusterFile({ images: { preload: [text] }, knative: { domain: text } });
      expect(JSON.stringify(parseDocument(file).toJS())).toBe(
        JSON.stringify({ knative: { domain: text }, images: { preload: [text] } }),
      );
    }),
  );
});
