import { expect, it } from 'vitest';
import { readTrace } from './read-trace.ts';
import { type ExampleFunction, traceTables } from './trace.fixture.ts';

const read = (functions: ExampleFunction[], skipIncomplete = false) =>
  readTrace(traceTables(functions), { skipIncomplete });

it('reads what each function does', () => {
  const trace = read([{ hash: 'f', trigger: 'timer', calls: [3, 0] }]);
  expect(trace).toEqual({
    functions: [
      {
        ...{ owner: 'o', app: 'a', hash: 'f', trigger: 'timer', calls: [3, 0] },
        durations: [0, 0.01, 0.25, 0.5, 0.75, 0.99, 1].map((share, index) => [share, index + 1]),
        averageDurationMs: 100,
        memory: [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1].map((share, index) => [share, (index + 1) * 10]),
      },
    ],
    intervals: 2,
    leftOut: [],
  });
});

it('the column of triggers may be missing, and the names of columns may be written in any case', () => {
  const tables = traceTables([{ hash: 'f', calls: [3, 0] }]);
  const { header, rows } = tables.invocations;
  const without = (cells: readonly string[]) => cells.filter((_, index) => index !== 3);
  const invocations = {
    ...tables.invocations,
    header: without(header).map((name) => name.toUpperCase()),
    rows: rows.map(({ line, cells }) => ({ line, cells: without(cells) })),
  };
  expect(readTrace({ ...tables, invocations }, { skipIncomplete: false }).functions).toMatchObject([
    { hash: 'f', trigger: '', calls: [3, 0] },
  ]);
});

it.each<[string, ExampleFunction[], string]>([
  ['a hole', [{ hash: 'f', calls: [3, ''] }], 'invocations.csv:2: the column 2 is empty'],
  [
    'a short row',
    [
      { hash: 'f', calls: [1, 2] },
      { hash: 'g', calls: [1] },
    ],
    'invocations.csv:3: the column 2 is empty',
  ],
  ['no number', [{ hash: 'f', calls: ['x'] }], 'invocations.csv:2: "x" in column 1 is no number of calls'],
  ['part of a call', [{ hash: 'f', calls: [1.5] }], 'invocations.csv:2: "1.5" in column 1 is no number of calls'],
  ['fewer than none', [{ hash: 'f', calls: [-1] }], 'invocations.csv:2: "-1" in column 1 is no number of calls'],
  [
    'a function twice',
    [
      { hash: 'f', calls: [1] },
      { hash: 'f', calls: [1] },
    ],
    'invocations.csv:3: the function f is there already, on line 2',
  ],
  [
    'quantiles that fall',
    [{ hash: 'f', calls: [1], durations: [1, 2, 9, 4, 5, 6, 7] }],
    'durations.csv:2: 4 in column percentile_Average_50 is less than 9 before it',
  ],
  [
    'memory that is no number',
    [{ hash: 'f', calls: [1], memory: [1, 2, 3, 4, 5, 6, 7, 'much'] }],
    'memory.csv:2: "much" in column AverageAllocatedMb_pct100 is no number from 0 on',
  ],
  [
    'unknown memory',
    [
      { hash: 'f', calls: [1], memory: undefined },
      { hash: 'g', calls: [1] },
    ],
    'durations.csv or memory.csv says nothing of f',
  ],
  ['no function', [], 'invocations.csv:1: there is no column of calls'],
])('%s is told with its place', (_, functions, message) => {
  expect(() => read(functions)).toThrow(expect.objectContaining({ code: 'usage', message }));
});

it('leaves out what is not known where that is asked for', () => {
  const { functions, leftOut } = read(
    [
      { hash: 'f', calls: [1], durations: undefined },
      { hash: 'g', calls: [1] },
    ],
    true,
  );
  expect(functions.map(({ hash }) => hash)).toEqual(['g']);
  expect(leftOut).toEqual(['f']);
});

it('names the missing column', () => {
  const tables = traceTables([{ hash: 'f', calls: [1] }]);
  const header = tables.memory.header.map((name) => (name === 'AverageAllocatedMb_pct50' ? 'half' : name));
  expect(() => readTrace({ ...tables, memory: { ...tables.memory, header } }, { skipIncomplete: false })).toThrow(
    'memory.csv:1: there is no column averageallocatedmb_pct50',
  );
});
