import * as z from 'zod';
import { isoTime } from '../names.ts';
import { oneLine } from './one-line.ts';
import { reportedFacts } from './reported-facts.ts';

/** The time between two heartbeats of an agent, in milliseconds. */
export const HEARTBEAT_INTERVAL_MS = 5_000;

/** A node is shown as unreachable when no heartbeat came for this long, in milliseconds. */
export const UNREACHABLE_AFTER_MS = 15_000;

/** An agent's sign of life. It is a request whose answer carries the coordinator's time. */
export const heartbeat = z.object({
  type: z.literal('heartbeat'),
  agentVersion: oneLine(64),
  /** A random text of each agent process, by which a restart is noticed. */
  bootId: oneLine(64),
  uptimeSeconds: z.number().nonnegative(),
  /** The load averages of the last 1, 5 and 15 minutes. */
  load: z.tuple([z.number(), z.number(), z.number()]),
  freeMemoryBytes: z.number().nonnegative(),
  /**
   * How far the agent's clock is ahead of the coordinator's, in milliseconds, as estimated from the quickest round trip
   * of the last heartbeats; null before the first one.
   */
  clockOffsetMs: z.number().nullable(),
  /** The ids of the attempts that are under way. */
  attempts: z.array(oneLine(400)).max(500),
  /** The number of results in the outbox that are not acknowledged yet. */
  outbox: z.number().int().nonnegative(),
  /** The number of messages that were dropped, by reason. */
  rejected: z.record(oneLine(64), z.number()).refine((counts) => Object.keys(counts).length <= 64, 'too many reasons'),
  /** The facts, which come with the first heartbeat of a process and whenever they changed. */
  facts: reportedFacts.optional(),
});
/** See {@link heartbeat}. */
export type Heartbeat = z.infer<typeof heartbeat>;

/** The coordinator's answer to a heartbeat. */
export const heartbeatReply = z.object({
  type: z.literal('heartbeat.reply'),
  receivedAt: isoTime,
  /** A new user JWT, when the old one expires soon. */
  jwt: z.string().optional(),
  /** Set when the agent must end, because another process works with its key. It says which. */
  refused: z.object({ message: z.string(), hint: z.string() }).optional(),
});
/** See {@link heartbeatReply}. */
export type HeartbeatReply = z.infer<typeof heartbeatReply>;
