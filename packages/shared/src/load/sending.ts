import * as z from 'zod';
import { MOST_SHOTS, work } from './shot.ts';

/** The longest text of packed shots, characters. It is in the command to each generator, and so in the event store. */
export const MOST_PACKED_CHARACTERS = 256 * 1024;

/** The longest load, milliseconds: a week. */
const longestMs = 7 * 86_400_000;

/**
 * What a load sends: a schedule that each generator makes for itself by the same rule, or the shots of one that is given.
 * Either way it is one schedule, of which each generator sends its share.
 */
export const loadSending = z.discriminatedUnion('from', [
  z.object({
    from: z.literal('rate'),
    arrivals: z.enum(['constant', 'poisson']),
    rps: z.number().positive().max(1_000_000).describe('Calls per second, of all generators together.'),
    timeMs: z.number().positive().max(longestMs).describe('How long the load lasts after its warm-up, milliseconds.'),
    warmUpMs: z.number().min(0).max(longestMs).describe('How long the same load is sent before that, milliseconds.'),
    seed: z.number().int().min(0).max(4_294_967_295).describe('It counts only where chance does.'),
    work: work.optional().describe('What each call of `executor` asks for.'),
  }),
  z.object({
    from: z.literal('shots'),
    shots: z
      .base64()
      .min(1)
      .max(MOST_PACKED_CHARACTERS)
      .describe('The shots as JSON lines in the order of their times, compressed by gzip.'),
    count: z.number().int().min(1).max(MOST_SHOTS).describe('How many shots these are.'),
    durationMs: z
      .number()
      .min(0)
      .max(longestMs)
      .describe(
        'How long the load lasts with its warm-up, milliseconds; of a schedule that does not say it, until its last shot.',
      ),
    warmUpMs: z.number().min(0).max(longestMs).describe('Shots before this time are for warming up, milliseconds.'),
  }),
]);
/** See {@link loadSending}. */
export type LoadSending = z.infer<typeof loadSending>;

/** Which shots of a schedule a generator sends: of every `generators` shots the one at `generator`, from 0. */
export const loadShare = z
  .object({ generator: z.number().int().min(0), generators: z.number().int().min(1) })
  .refine(({ generator, generators }) => generator < generators, 'there are fewer generators');
/** See {@link loadShare}. */
export type LoadShare = z.infer<typeof loadShare>;

/** How long a load lasts with its warm-up, milliseconds. */
export function durationOf(sending: LoadSending): number {
  return sending.from === 'rate' ? sending.warmUpMs + sending.timeMs : sending.durationMs;
}
