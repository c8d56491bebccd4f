import { join } from 'node:path';
import { type ReadTrace, type ReadTraceOptions, readTrace } from '@vhive/core/traces/read-trace';
import { VhiveError } from '@vhive/shared';
import { readCsv } from './read-csv.ts';

/** The columns before those of calls: HashOwner, HashApp, HashFunction, Trigger. */
const NAMED_COLUMNS = 4;

/**
 * Reads the three files of a trace from a folder: invocations.csv, durations.csv and memory.csv in the layout of the
 * Azure Functions trace of 2019. `intervals` is how many of its minutes or seconds are needed, from the first. Throws
 * `usage` with file and line of what cannot be, and where the trace is shorter.
 */
export async function readTraceFolder(
  folder: string,
  { intervals, ...options }: ReadTraceOptions & { intervals: number },
): Promise<ReadTrace> {
  const [invocations, durations, memory] = await Promise.all([
    readCsv(join(folder, 'invocations.csv'), NAMED_COLUMNS + intervals),
    readCsv(join(folder, 'durations.csv')),
    readCsv(join(folder, 'memory.csv')),
  ]);
  const trace = readTrace({ invocations, durations, memory }, options);
  if (trace.intervals < intervals)
    throw new VhiveError({
      code: 'usage',
      message: `${invocations.file}: it has ${trace.intervals} columns of calls, and ${intervals} are asked for`,
      hint: 'ask for fewer, or begin earlier',
    });
  return trace;
}
