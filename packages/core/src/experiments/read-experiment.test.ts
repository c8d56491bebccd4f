import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pointsOf, pointText } from './points.ts';
import { readExperiment } from './read-experiment.ts';
import { type Json, setField } from './set-field.ts';

const smallest = 'name: mine\nfunctions:\n  - name: helloworld\n';
const read = (more = '') => readExperiment({ path: 'e.yaml', text: smallest + more });
const refusal = (text: string) => {
  try {
    readExperiment({ path: 'e.yaml', text });
  } catch (error) {
    return error as Error & { code: string; hint?: string };
  }
  throw new Error('it was taken');
};

it('the smallest experiment is one point with defaults', () => {
  const { experiment, points } = read();
  expect(experiment).toMatchObject({ name: 'mine', seed: 42, repetitions: 1, order: 'blocks', tearDown: 'functions' });
  expect(points).toHaveLength(1);
  expect(points[0]).toMatchObject({ id: 'p1', values: {} });
  expect(points[0]?.settings).toEqual(experiment);
});

it('a grid has every combination, and each point its settings', () => {
  const { points } = read(
    'sweep:\n  over:\n    load.rps: [10, 20]\n    cluster.sandbox: [gvisor, stock-only]\n    functions.0.minScale: [0, 1, 2]\n',
  );
  expect(points).toHaveLength(12);
  expect(points.map(({ id }) => id)).toEqual(
    Array.from({ length: 12 }, (_, n) => `p${String(n + 1).padStart(2, '0')}`),
  );
  expect(points[0]?.settings).toMatchObject({
    load: { rps: 10 },
    cluster: { sandbox: 'gvisor' },
    functions: [{ minScale: 0 }],
  });
  expect(points.map(({ values }) => pointText(values))[11]).toBe(
    'load.rps=20 cluster.sandbox=stock-only functions.0.minScale=2',
  );
});

it('paired fields change together', () => {
  const over = { 'load.rps': [1, 2], 'load.arrivals': ['constant', 'poisson'] };
  expect(pointsOf({ mode: 'paired', over })).toEqual([
    { 'load.rps': 1, 'load.arrivals': 'constant' },
    { 'load.rps': 2, 'load.arrivals': 'poisson' },
  ]);
  expect(() => pointsOf({ mode: 'paired', over: { a: [1], b: [1, 2] } })).toThrow(
    'a has 1 values and b has 2, so they make no pairs',
  );
  expect(pointsOf({ mode: 'paired', over: {} })).toEqual([{}]);
});

it('a grid has the product of the numbers of values, all different', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.uniqueArray(fc.nat(), { minLength: 1, maxLength: 4 }), {
        maxKeys: 4,
      }),
      (over) => {
        const points = pointsOf({ mode: 'grid', over });
        expect(points).toHaveLength(Object.values(over).reduce((product, values) => product * values.length, 1));
        expect(new Set(points.map((point) => JSON.stringify(point))).size).toBe(points.length);
      },
    ),
  );
});

it.each([
  ['name: mine\n', 'e.yaml: functions:'],
  [`${smallest}lod: {}\n`, 'e.yaml:4: lod: there is no such key'],
  [`${smallest}load:\n  rps: -1\n`, 'e.yaml:5: load.rps:'],
  [`${smallest}load:\n  rpss: 1\n`, 'e.yaml:5: load.rpss: there is no such key'],
  ['name: Mine!\nfunctions: [{ name: a }]\n', 'e.yaml:1: name: must be lower-case letters'],
  ['- 1\n', 'the experiment file must be a map of fields'],
  ['name: [\n', 'not valid YAML'],
  [
    `${smallest}sweep:\n  over:\n    seed: [1, 2]\n`,
    'e.yaml:6: sweep.over.seed: this field belongs to the experiment as a whole',
  ],
  [
    `${smallest}sweep:\n  over:\n    load.rps: [1, 0]\n`,
    'e.yaml:6: load.rps: Too small: expected number to be >0, in the point load.rps=0',
  ],
  [
    `${smallest}sweep:\n  over:\n    load.speed: [1]\n`,
    'e.yaml:6: load.speed: there is no such key, in the point load.speed=1',
  ],
  [
    `${smallest}sweep:\n  over:\n    functions.3.minScale: [1]\n`,
    'e.yaml:6: sweep.over.functions.3.minScale: there is no such field',
  ],
  [
    `${smallest}sweep:\n  over:\n    a: [${'1,'.repeat(999)}1]\n    b: [${'1,'.repeat(999)}1]\n`,
    'there are 1000000 points',
  ],
])('%j is refused with its place', (text, message) => {
  const error = refusal(text);
  expect(error.code).toBe('usage');
  expect(error.message).toContain(message);
});

it('a near key is named', () => {
  expect(refusal(`${smallest}load:\n  arrival: poisson\n`).hint).toBe('did you mean arrivals?');
  expect(refusal('name: mine\nfunctions:\n  - name: a\n    minscale: 1\n').hint).toBe('did you mean minScale?');
});

it('a field that is set is the only one that changes', () => {
  fc.assert(
    fc.property(
      fc.jsonValue({ maxDepth: 3 }),
      fc.array(fc.stringMatching(/^[a-z0-9]{1,3}$/), { minLength: 1, maxLength: 3 }),
      fc.integer(),
      (target, path, value) => {
        const before = JSON.stringify(target);
        const changed = setField(target as Json, path, value);
        expect(JSON.stringify(target)).toBe(before);
        if (changed === undefined) return;
        const found = path.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], changed);
        expect(found).toBe(value);
      },
    ),
  );
  expect(setField({ a: [1, 2], b: 3 }, ['a', '1'], 9)).toEqual({ a: [1, 9], b: 3 });
  expect(setField({}, ['__proto__', 'polluted'], 1)).toEqual(JSON.parse('{"__proto__":{"polluted":1}}'));
});
