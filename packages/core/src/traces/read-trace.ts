import { VhiveError } from '@vhive/shared';
import type { Quantiles } from './quantiles.ts';
import type { Trace, TraceFunction } from './trace.ts';

/** A row of a CSV file. */
export interface CsvRow {
  /** The line of the file on which it begins, from 1. */
  line: number;
  cells: readonly string[];
}

/** A CSV file: its first row has the names of the columns. */
export interface CsvTable {
  /** The path as messages show it. */
  file: string;
  header: readonly string[];
  rows: readonly CsvRow[];
}

/** The three files of a trace. */
export interface TraceTables {
  invocations: CsvTable;
  durations: CsvTable;
  memory: CsvTable;
}

/** How a trace is read. */
export interface ReadTraceOptions {
  /** Leaves out functions of which the durations or the memory are not known, instead of refusing the trace. */
  skipIncomplete: boolean;
}

/** A trace, and the hashes of the functions that were left out because something of them is not known. */
export interface ReadTrace extends Trace {
  leftOut: readonly string[];
}

/** The columns of quantiles, by the share of values that they tell. The names are those of the published trace. */
const DURATIONS = new Map(
  [0, 1, 25, 50, 75, 99, 100].map((percent) => [`percentile_average_${percent}`, percent / 100]),
);
const MEMORY = new Map(
  [1, 5, 25, 50, 75, 95, 99, 100].map((percent) => [`averageallocatedmb_pct${percent}`, percent / 100]),
);

/** So many functions of which something is missing are named; the others are counted. */
const NAMED = 5;

/** Makes a trace from its three files. Throws `usage` with file, line and column of what cannot be. */
export function readTrace(
  { invocations, durations, memory }: TraceTables,
  { skipIncomplete }: ReadTraceOptions,
): ReadTrace {
  const durationsOf = quantilesByFunction(durations, DURATIONS);
  const averageOf = numbersByFunction(durations, 'Average');
  const memoryOf = quantilesByFunction(memory, MEMORY);
  const columns = invocationColumns(invocations);
  const functions: TraceFunction[] = [];
  const leftOut: string[] = [];
  const seen = new Map<string, number>();
  for (const row of invocations.rows) {
    const hash = cell(invocations, row, columns.hash);
    const before = seen.get(hash);
    if (before !== undefined)
      throw wrong(invocations, row.line, `the function ${hash} is there already, on line ${before}`);
    seen.set(hash, row.line);
    const calls = callsOf(invocations, row, columns.first);
    const [durations, average, memory] = [durationsOf.get(hash), averageOf.get(hash), memoryOf.get(hash)];
    if (durations === undefined || average === undefined || memory === undefined) {
      leftOut.push(hash);
      continue;
    }
    const { owner, app, trigger } = columns;
    functions.push({
      ...{ owner: cell(invocations, row, owner), app: cell(invocations, row, app), hash },
      trigger: trigger === undefined ? '' : cell(invocations, row, trigger),
      ...{ calls, durations, averageDurationMs: average, memory },
    });
  }
  if (leftOut.length > 0 && !skipIncomplete) throw incomplete(leftOut, durations, memory);
  if (functions.length === 0)
    throw new VhiveError({ code: 'usage', message: `${invocations.file}: there is no function in it` });
  return { functions, intervals: invocations.header.length - columns.first, leftOut };
}

function incomplete(hashes: readonly string[], durations: CsvTable, memory: CsvTable): VhiveError {
  const more = hashes.length > NAMED ? ` and ${hashes.length - NAMED} more` : '';
  return new VhiveError({
    code: 'usage',
    message: `${durations.file} or ${memory.file} says nothing of ${hashes.slice(0, NAMED).join(', ')}${more}`,
    hint: '--skip-incomplete leaves these functions out',
  });
}

const wrong = ({ file }: CsvTable, line: number, message: string) =>
  new VhiveError({ code: 'usage', message: `${file}:${line}: ${message}` });

function cell(table: CsvTable, { line, cells }: CsvRow, column: number): string {
  const text = cells[column];
  if (text === undefined || text === '')
    throw wrong(table, line, `the column ${table.header[column] ?? column + 1} is empty`);
  return text;
}

const positionOf = ({ header }: CsvTable, name: string) =>
  header.findIndex((word) => word.toLowerCase() === name.toLowerCase());

function column(table: CsvTable, name: string): number {
  const position = positionOf(table, name);
  if (position < 0)
    throw new VhiveError({
      code: 'usage',
      message: `${table.file}:1: there is no column ${name}`,
      hint: 'the layout is that of the Azure Functions trace of 2019: invocations.csv, durations.csv and memory.csv',
    });
  return position;
}

/** Finds the columns of invocations.csv. The calls follow the last of the named columns. */
function invocationColumns(table: CsvTable) {
  const named = {
    owner: column(table, 'HashOwner'),
    app: column(table, 'HashApp'),
    hash: column(table, 'HashFunction'),
  };
  const trigger = positionOf(table, 'Trigger');
  const first = Math.max(...Object.values(named), trigger) + 1;
  if (first >= table.header.length)
    throw new VhiveError({ code: 'usage', message: `${table.file}:1: there is no column of calls` });
  return { ...named, trigger: trigger < 0 ? undefined : trigger, first };
}

function callsOf(table: CsvTable, row: CsvRow, first: number): number[] {
  return table.header.slice(first).map((name, index) => {
    const text = cell(table, row, first + index);
    const calls = Number(text);
    if (!Number.isInteger(calls) || calls < 0)
      throw wrong(table, row.line, `${JSON.stringify(text)} in column ${name} is no number of calls`);
    return calls;
  });
}

function numberIn(table: CsvTable, row: CsvRow, position: number): number {
  const text = cell(table, row, position);
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0)
    throw wrong(table, row.line, `${JSON.stringify(text)} in column ${table.header[position]} is no number from 0 on`);
  return value;
}

function numbersByFunction(table: CsvTable, name: string): Map<string, number> {
  const [hash, position] = [column(table, 'HashFunction'), column(table, name)];
  return new Map(table.rows.map((row) => [cell(table, row, hash), numberIn(table, row, position)]));
}

function quantilesByFunction(table: CsvTable, columns: ReadonlyMap<string, number>): Map<string, Quantiles> {
  const hash = column(table, 'HashFunction');
  const positions = [...columns].map(([name, share]) => ({ share, position: column(table, name) }));
  return new Map(
    table.rows.map((row) => {
      let least = 0;
      const quantiles = positions.map(({ share, position }) => {
        const value = numberIn(table, row, position);
        if (value < least)
          throw wrong(table, row.line, `${value} in column ${table.header[position]} is less than ${least} before it`);
        least = value;
        return [share, value] as const;
      });
      return [cell(table, row, hash), quantiles];
    }),
  );
}
