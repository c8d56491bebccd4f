import { VhiveError } from '@vhive/shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { resolveConfig } from './index.ts';
import { parseSource } from './source-file.ts';

const read = (text: string) => parseSource({ path: 'f', text });

/** Anchors that double what they hold, 30 times. */
const bomb = ['a0: &a0 [x, x]', ...Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}, *a${n}]`)].join(
  '\n',
);

describe('YAML that a cluster file cannot be', () => {
  it.each([
    ['an alias without its anchor', 'name: *x', /f:1: .*no anchor &x/],
    ['an anchor that holds itself', 'knative: &a\n  config: *a', /f:2: .*hold themselves/],
    ['a list that holds itself', 'images: { preload: &a [*a] }', /f:1: .*hold themselves/],
    ['aliases that multiply', bomb, /f:\d+: there are more than 50000 values/],
    ['a tag that nobody knows', 'name: a\nsandbox: !mine b', /f:2: not valid YAML: Unresolved tag: !mine/],
    ['a binary value', 'name: !!js/function "x"', /f:1: not valid YAML: Unresolved tag/],
    ['another version of YAML', '%YAML 9.0\n---\nname: a', /f:1: not valid YAML: Unsupported YAML version/],
    ['two documents', 'name: a\n---\nname: b', /f:\d: not valid YAML: .*multiple documents/],
    ['a key that is a map', '? {a: b}\n: c', /f:1: not valid YAML: a key must be a word/],
    ['a key that is nothing', '? \n: c', /not valid YAML: a key must be a word/],
    ['a key twice in another way of writing', 'name: a\n"name": b', /f:2: not valid YAML: keys must be unique/],
    [
      'a key that is every object’s',
      'kubernetes:\n  nodeLabels:\n    __proto__: { a: b }',
      /f:3: __proto__: there is no such key/,
    ],
    ['a number without end', 'preflight: { minFreeGiB: .inf }', /f:1: Infinity is no number/],
    ['no number', 'preflight:\n  minFreeGiB: .nan', /f:2: NaN is no number/],
    ['a number that is changed by reading it', 'nodes: 99999999999999999999999', /f:1: 1e\+23 is no number/],
    ['lists in lists', `a: ${'['.repeat(100)}${']'.repeat(100)}`, /f:1: maps and lists are nested more than 50 deep/],
    ['lists in lists without end', '['.repeat(100_000), /f:1: not valid YAML: /],
    [
      'maps in maps without end',
      Array.from({ length: 5000 }, (_, n) => `${' '.repeat(n % 90)}a:`).join('\n'),
      /f:\d+: /,
    ],
    ['a value as long as a book', `name: ${'x'.repeat(1_000_000)}`, /f: it has 1000006 characters/],
  ])('%s', (_, text, message) => {
    const { problems, content } = read(text);
    expect(content).toEqual({});
    expect(problems).toHaveLength(1);
    expect(`${problems[0]?.where}: ${problems[0]?.message}`).toMatch(message);
  });

  it('but aliases may repeat what is short', () => {
    expect(read('a: &x { b: 1 }\nc: *x\nd: [*x, *x]').content).toEqual({
      a: { b: 1 },
      c: { b: 1 },
      d: [{ b: 1 }, { b: 1 }],
    });
  });
});

describe('a file of nonsense ends soon, with a mistake of its writer', () => {
  it('100,000 unknown keys, of which the first are named', () => {
    const text = Array.from({ length: 40_000 }, (_, n) => `k${n}: 1`).join('\n');
    const began = performance.now();
    const error = failureOf(text);
    expect(performance.now() - began).toBeLessThan(20_000);
    expect(error.code).toBe('usage');
    expect(error.message.split('\n').length).toBeLessThan(30);
    expect(error.message).toMatch(/and 39980 more/);
  });

  it('a key as long as a book', () => {
    const error = failureOf(`${'k'.repeat(100_000)}: 1`);
    expect(error.message.length).toBeLessThan(1000);
  });

  it('keys that a terminal would obey are shown, not obeyed', () => {
    const error = failureOf('"\\e[2J\\u202e": 1\nkubernetes: { nodeLabels: { "a\\rb": {} } }');
    expect(error.message).toContain('\\x1b[2J\\u202e: there is no such key');
    expect(error.message.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
  });

  it('whatever it holds', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.jsonValue().map((value) => stringify(value)),
    );
    fc.assert(
      fc.property(anything, (text) => {
        try {
          resolveConfig({ file: { path: 'f', text } });
        } catch (error) {
          expect(error).toBeInstanceOf(VhiveError);
          expect(error).toMatchObject({ code: expect.stringMatching(/^(usage|preflight)$/) });
          expect((error as VhiveError).message.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
        }
      }),
    );
  });
});

function failureOf(text: string): VhiveError {
  try {
    resolveConfig({ file: { path: 'f', text } });
  } catch (error) {
    if (error instanceof VhiveError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
