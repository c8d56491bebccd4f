import * as z from 'zod';

/** The most shots that a schedule may have. A longer load is made of several. */
export const MOST_SHOTS = 50_000_000;

/** What a call of `faas.Executor` asks its function to do. */
export const work = z.strictObject({
  runtimeMs: z.number().int().min(0).max(4_294_967_295).describe('How long the function is to be busy, milliseconds.'),
  memoryMb: z.number().int().min(0).max(4_294_967_295).describe('How much memory it is to take meanwhile, MB.'),
});

/** One call that is to be made: the unit of every load. */
export const shot = z.strictObject({
  atMs: z
    .number()
    .min(0)
    .max(30 * 86_400_000)
    .describe('When it is to be sent, milliseconds since the start of the load; may have fractions.'),
  endpoint: z.number().int().min(0).describe('Whom it is sent to: an index into the endpoints of the load.'),
  work: work.optional(),
});
/** See {@link shot}. */
export type Shot = z.infer<typeof shot>;

/**
 * The first line of a schedule file, which is JSON lines: this head, then one line for each of its shots, in the order of
 * their times. So a load can be kept and repeated exactly.
 */
export const scheduleHead = z.strictObject({
  version: z.literal(1),
  seed: z.number().int().nullable().describe('The seed that the times were drawn with; null where none was.'),
  source: z.string().describe('Where the shots come from, for people: `poisson, 10 rps, 30 s`.'),
  endpoints: z.array(z.string().min(1).max(253)).min(1).describe('The names of the endpoints.'),
  durationMs: z
    .number()
    .min(0)
    .optional()
    .describe('How long the load lasts, milliseconds; absent: until its last shot.'),
  warmUpMs: z.number().min(0).optional().describe('Shots before this time are for warming up, milliseconds.'),
  count: z.number().int().min(0).max(MOST_SHOTS).describe('How many lines of shots follow.'),
});
/** See {@link scheduleHead}. */
export type ScheduleHead = z.infer<typeof scheduleHead>;

/** A schedule: what its head says, and the shots themselves, which can be gone through more than once. */
export type Schedule = Omit<ScheduleHead, 'version' | 'count'> & { shots: Iterable<Shot> };
