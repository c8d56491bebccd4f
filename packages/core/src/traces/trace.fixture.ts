import type { CsvTable, TraceTables } from './read-trace.ts';

/** A function of {@link traceTables}: its hash, its trigger, its calls, and how long each of them runs. */
export interface ExampleFunction {
  hash: string;
  trigger?: string;
  calls: readonly (number | string)[];
  /** In milliseconds, at shares 0, 0.01, 0.25, 0.5, 0.75, 0.99 and 1. */
  durations?: readonly (number | string)[] | undefined;
  /** In MB, at shares 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99 and 1. */
  memory?: readonly (number | string)[] | undefined;
}

const table = (file: string, header: string[], rows: (string[] | undefined)[]): CsvTable => ({
  ...{ file, header },
  rows: rows.flatMap((cells, index) => (cells === undefined ? [] : [{ line: index + 2, cells }])),
});

/** Makes the three files of a trace. `durations: undefined` and `memory: undefined` leave a function out of the file. */
export function traceTables(functions: readonly ExampleFunction[]): TraceTables {
  const intervals = Math.max(0, ...functions.map(({ calls }) => calls.length));
  const hashes = ['HashOwner', 'HashApp', 'HashFunction'];
  const percentiles = [0, 1, 25, 50, 75, 99, 100].map((percent) => `percentile_Average_${percent}`);
  const memory = [1, 5, 25, 50, 75, 95, 99, 100].map((percent) => `AverageAllocatedMb_pct${percent}`);
  const measured = (key: 'durations' | 'memory', preset: readonly (number | string)[]) =>
    functions.map((one) => {
      const values = key in one ? one[key] : preset;
      const average = key === 'durations' ? ['100'] : [];
      return values === undefined ? undefined : ['o', 'a', one.hash, ...average, ...values.map(String)];
    });
  return {
    invocations: table(
      'invocations.csv',
      [...hashes, 'Trigger', ...Array.from({ length: intervals }, (_, index) => String(index + 1))],
      functions.map(({ hash, trigger = 'http', calls }) => ['o', 'a', hash, trigger, ...calls.map(String)]),
    ),
    durations: table(
      'durations.csv',
      [...hashes, 'Average', ...percentiles],
      measured('durations', [1, 2, 3, 4, 5, 6, 7]),
    ),
    memory: table('memory.csv', [...hashes, ...memory], measured('memory', [10, 20, 30, 40, 50, 60, 70, 80])),
  };
}
