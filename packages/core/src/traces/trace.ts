import type { Quantiles } from './quantiles.ts';

/** What the Azure Functions trace of 2019 tells of one function, in the layout that the loader invitro reads. */
export interface TraceFunction {
  /** The hashes of the trace: who owns it, of which application it is, and which function. */
  owner: string;
  app: string;
  /** Names the function; it is there once in a trace. */
  hash: string;
  /** What calls it, such as http or timer; '' where the trace does not say. */
  trigger: string;
  /** How often it is called in each interval, from the first. */
  calls: readonly number[];
  /** How long it runs, in milliseconds. */
  durations: Quantiles;
  averageDurationMs: number;
  /** How much memory it takes, in MB. */
  memory: Quantiles;
}

/** A trace: its functions in the order of the file. All have the same number of intervals. */
export interface Trace {
  functions: readonly TraceFunction[];
  /** How many intervals the file has; as many or fewer were read. */
  intervals: number;
}

/** How long an interval of a trace is. The columns are minutes in the published traces. */
export const granularities = { minute: 60_000, second: 1_000 } as const;

/** One of the lengths in {@link granularities}, which are in milliseconds. */
export type Granularity = keyof typeof granularities;
