import * as z from 'zod';

const ms = (what: string) => z.number().min(0).describe(`${what}, milliseconds.`);

/** How latencies are distributed, milliseconds. Without any, all are 0. Percentiles are right to 0.1 %. */
export const latency = z.object({
  count: z.number().int().describe('How many latencies these are.'),
  mean: ms('The mean'),
  p50: ms('The median'),
  p90: ms('90 of 100 are no longer'),
  p95: ms('95 of 100 are no longer'),
  p99: ms('99 of 100 are no longer'),
  p999: ms('999 of 1,000 are no longer'),
  max: ms('The longest'),
});
/** See {@link latency}. */
export type Latency = z.infer<typeof latency>;

/** Which calls met a cold start, as far as it is known; latencies of successes are from when the call was to be sent. */
const starts = z.object({
  cold: latency.describe('No pod of the function was ready when the call was sent, and it was answered after one was.'),
  warm: latency.describe('A pod was ready when the call was sent.'),
  unknown: z.number().int().describe('Successes of which it is not known.'),
});
/** See {@link loadTotals}. */
export type LoadStarts = z.infer<typeof starts>;

/** How a load went. Shots of the warm-up are counted in `warmUp` and in nothing else. */
export const loadTotals = z.object({
  planned: z.number().int().describe('The shots that were due; fewer than the schedule has when it was interrupted.'),
  sent: z.number().int(),
  ok: z.number().int(),
  errors: z.number().int().describe('The calls that failed, `limited` among them.'),
  timeouts: z.number().int().describe('The calls that had no answer in time.'),
  limited: z.number().int().describe('Shots that were not sent because too many calls were in flight.'),
  warmUp: z.number().int().describe('Shots of the warm-up, which are not in the other figures.'),
  interrupted: z.boolean(),
  seconds: z.number().describe('How long calls were sent, without the warm-up.'),
  askedRps: z.number().describe('The rate of the schedule, calls per second.'),
  reachedRps: z.number().describe('The rate at which calls were really sent.'),
  observedRps: z.number().describe('The rate of the calls that succeeded.'),
  latestMs: ms('How much later than intended the latest shot was sent'),
  mostInFlight: z.number().int().describe('The most calls that were in flight at once.'),
  connections: z.number().int().describe('The connections that were opened, those of the warm-up included.'),
  fromIntended: latency.describe('Latencies of successes from when the call was to be sent.'),
  fromSent: latency.describe('Latencies of successes from when the call was really sent.'),
  failures: z
    .array(z.object({ error: z.string(), count: z.number().int() }))
    .describe('What failed how often, the most frequent first.'),
  starts: starts.optional().describe('Cold and warm starts; absent where pods were not watched.'),
});
/** See {@link loadTotals}. */
export type LoadTotals = z.infer<typeof loadTotals>;

/** How a load is going. */
export const loadProgress = z.object({
  elapsedMs: ms('Since the start of the load'),
  warmingUp: z.boolean(),
  askedRps: z.number().describe('The calls that were due in the last interval, per second.'),
  reachedRps: z.number().describe('The calls that were sent in the last interval, per second.'),
  sent: z.number().int().describe('The calls sent so far, with those of the warm-up.'),
  inFlight: z.number().int(),
  ok: z.number().int(),
  failed: z.number().int().describe('Errors and timeouts so far.'),
  p50: ms('The median latency so far, from the intended time'),
  p99: ms('The 99th percentile so far, from the intended time'),
});
/** See {@link loadProgress}. */
export type LoadProgress = z.infer<typeof loadProgress>;
