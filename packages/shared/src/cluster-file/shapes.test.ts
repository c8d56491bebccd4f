import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { clusterFile } from './index.ts';

interface Leaf {
  path: string;
  schema: z.ZodType;
}

/** Returns every place of the cluster file where a text can be written, keys of maps included. */
function leavesOf(schema: z.core.$ZodType, path: string): Leaf[] {
  if (schema instanceof z.ZodObject)
    return Object.entries(schema.shape).flatMap(([name, inner]) => leavesOf(inner, `${path}.${name}`));
  if (schema instanceof z.ZodArray) return leavesOf(schema.element, `${path}[]`);
  if (schema instanceof z.ZodRecord)
    return [...leavesOf(schema.keyType, `${path}<key>`), ...leavesOf(schema.valueType, `${path}.*`)];
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => leavesOf(option, path));
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
    return leavesOf(schema.def.innerType, path);
  return schema instanceof z.ZodString ? [{ path, schema }] : [];
}

const leaves = leavesOf(clusterFile, '').map(({ path, schema }) => ({ path: path.slice(1), schema }));

/** Texts that are handed on as they are, quoted by whoever writes them, in one line or in several. */
const quotedLines = [
  'preflight.ignore[]',
  'firecracker.extraFlags[]',
  'firecracker.dockerCredentialsFile',
  'firecracker.vhiveTree',
  'manifestPatches.*[].addArguments.*[]',
];
const quotedTexts = ['knative.config.*.*', 'knative.eventingConfig.*.*'];
/** Keys below these are checked by nobody but the program that reads them. They are written as JSON. */
const free = ['extras.prometheus.values<key>', 'istio.values<key>', 'manifestPatches.*[].merge<key>'];

/** Pieces of which a text is made that means something to a unit file, a shell, YAML, a terminal, a URL or a path. */
const piece = fc.constantFrom(
  ...['a', 'eth0', '10.0.0.0', '/16', '.', '..', '/', '-', '--x', ':', ':80', '@', '_', 'A', '1.2', 'x.io'],
  ...['\n', '\r', '\t', ' ', '\0', '\x1b[2J', '\u202e', '\u2028', '\u009b', '\ufeff', '\nExecStart=/bin/sh'],
  ...[
    '$(id)',
    '`id`',
    '$x',
    ';',
    '|',
    '&',
    '<',
    '>',
    '"',
    "'",
    '\\',
    '%n',
    '#',
    ': ',
    '- ',
    '{',
    '}',
    '[',
    ']',
    '*',
    '?',
    '!',
    ',',
  ],
);
const nasty = fc.oneof(
  fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
  fc.string({ unit: 'binary' }),
);

describe('whatever text the cluster file takes cannot break out of a unit, a shell or YAML', () => {
  it('all places are found', () => {
    expect(leaves.length).toBeGreaterThan(30);
    expect(leaves.map(({ path }) => path)).toEqual(
      expect.arrayContaining([...quotedLines, ...quotedTexts, ...free, 'lan', 'kubernetes.nodeLabels.*<key>']),
    );
  });

  it.each(leaves.filter(({ path }) => !free.includes(path)))('$path', ({ path, schema }) => {
    fc.assert(
      fc.property(nasty, (text) => {
        if (!schema.safeParse(text).success) return;
        expect(text.length).toBeLessThanOrEqual(65_536);
        const shown = quotedTexts.includes(path) ? text.replaceAll(/[\n\t]/g, '') : text;
        expect(shown).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
        if ([...quotedTexts, ...quotedLines].includes(path)) return;
        // All hosts of a domain are written so.
        const rest = path === 'proxy.noProxy[]' ? text.replace(/^\*\./, '') : text;
        expect(rest).not.toMatch(/[\s"'`$\\;|&<>(){}[\]*?!#%,]|^-|^\.\.?$|(^|\/)\.\.(\/|$)/);
      }),
      { numRuns: 500 },
    );
  });

  it.each(leaves.filter(({ path }) => !free.includes(path) && ![...quotedTexts, ...quotedLines].includes(path)))(
    '$path takes no text without end',
    ({ schema }) => {
      for (const text of ['a'.repeat(100_000), '1'.repeat(100_000)]) expect(schema.safeParse(text).success).toBe(false);
    },
  );
});

it('numbers of the cluster file have bounds on both sides', () => {
  const unbounded: string[] = [];
  const look = (schema: z.core.$ZodType, path: string): void => {
    if (schema instanceof z.ZodObject)
      for (const [name, inner] of Object.entries(schema.shape)) look(inner, `${path}.${name}`);
    if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault)
      look(schema.def.innerType, path);
    if (schema instanceof z.ZodArray) look(schema.element, `${path}[]`);
    if (schema instanceof z.ZodNumber && (schema.safeParse(1e15).success || schema.safeParse(-1).success))
      unbounded.push(path);
  };
  look(clusterFile, '');
  expect(unbounded).toEqual([]);
});
