import { csvLine } from '../load/csv-line.ts';

/** A call of a trace and what came of it. Times are in milliseconds since the start of the replay. */
export interface TraceCall {
  /** invitro's name of the call: `min3.inv0`. */
  id: string;
  /** Whether it was made before the calls that count. */
  warmUp: boolean;
  sentMs: number;
  endMs: number;
  requestedRuntimeMs: number;
  /** How long it took to make the connection; 0 where it was there. */
  connectMs: number;
  outcome: 'ok' | 'error' | 'timeout';
  /** Whether it failed before the function could have got it. */
  unconnected: boolean;
  /** What the function said, how long it ran in microseconds, and how much memory it took in KB. */
  reply?: { message: string; durationUs: number; memoryKb: number } | undefined;
}

/** The columns of invitro's `<prefix>_duration_<minutes>.csv` (its pkg/metric/record.go), in their order. */
const columns = [
  'phase',
  'instance',
  'invocationID',
  'startTime',
  'requestedDuration',
  'grpcConnEstablish',
  'responseTime',
  'actualDuration',
  'connectionTimeout',
  'functionTimeout',
  'actualMemoryUsage',
  'memoryAllocationTimeout',
  'timeToSubmitMs',
  'userCodeExecutionMs',
  'timeToGetResponseMs',
] as const;

/** The phases of invitro. */
const WARM_UP = 1;
const EXECUTION = 2;

const microseconds = (milliseconds: number) => Math.round(milliseconds * 1_000);

/** The first line of the file, with its end. */
export const executionHeader = csvLine(columns);

/**
 * Writes a call as a line of invitro's results, with its end. All times are in microseconds, and so is the start, since
 * 1970.
 *
 * @param startedAt when the replay began, in milliseconds since 1970
 */
export function executionLine(call: TraceCall, startedAt: number): string {
  const failed = call.outcome !== 'ok';
  const { reply } = call;
  const values: Record<(typeof columns)[number], string | number | boolean> = {
    phase: call.warmUp ? WARM_UP : EXECUTION,
    instance: instanceOf(reply?.message ?? ''),
    invocationID: call.id,
    startTime: microseconds(startedAt + call.sentMs),
    requestedDuration: call.requestedRuntimeMs * 1_000,
    grpcConnEstablish: microseconds(call.connectMs),
    responseTime: microseconds(call.endMs - call.sentMs),
    actualDuration: reply?.durationUs ?? 0,
    connectionTimeout: call.unconnected,
    functionTimeout: failed && !call.unconnected,
    actualMemoryUsage: Math.round((reply?.memoryKb ?? 0) / 1_024),
    memoryAllocationTimeout: reply?.message.startsWith('FAILURE - mem_alloc') ?? false,
    timeToSubmitMs: 0,
    userCodeExecutionMs: 0,
    timeToGetResponseMs: 0,
  };
  return csvLine(columns.map((name) => values[name]));
}

/** Takes the name of the pod from a reply such as `OK - trace-func-3-00001-deployment-x`, as invitro does. */
function instanceOf(message: string): string {
  const begin = message.lastIndexOf('trace-func');
  return begin < 0 ? message : message.slice(begin);
}
