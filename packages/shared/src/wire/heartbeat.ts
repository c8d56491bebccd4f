import * as z from 'zod';
import { isoTime } from '../names.ts';
import { facts } from './facts.ts';

/** How often an agent sends a heartbeat, in milliseconds. */
export const HEARTBEAT_INTERVAL_MS = 5_000;

/** A node is shown as unreachable when no heartbeat came for this long, in milliseconds. */
export const UNREACHABLE_AFTER_MS = 15_000;

/** An agent's sign of life: a request whose answer carries the coordinator's time. */
export const heartbeat = z.object({
  type: z.literal('heartbeat'),
  agentVersion: z.string(),
  /** Random per agent process: tells a restart. */
  bootId: z.string(),
  uptimeSeconds: z.number().nonnegative(),
  /** 1, 5 and 15 minutes. */
  load: z.tuple([z.number(), z.number(), z.number()]),
  freeMemoryBytes: z.number().nonnegative(),
  /** Agent's clock minus coordinator's, estimated from the last heartbeat's round trip, in milliseconds; null before the first. */
  clockOffsetMs: z.number().nullable(),
  /** Attempts under way. */
  attempts: z.array(z.string()),
  /** Results in the outbox that are not yet acknowledged. */
  outbox: z.number().int().nonnegative(),
  /** Messages dropped, by reason. */
  rejected: z.record(z.string(), z.number()),
  /** With the first heartbeat of a process and when they changed. */
  facts: facts.optional(),
});
/** See {@link heartbeat}. */
export type Heartbeat = z.infer<typeof heartbeat>;

/** The coordinator's answer to a heartbeat. */
export const heartbeatReply = z.object({
  type: z.literal('heartbeat.reply'),
  receivedAt: isoTime,
  /** A fresh user JWT when the old one is soon to expire. */
  jwt: z.string().optional(),
});
/** See {@link heartbeatReply}. */
export type HeartbeatReply = z.infer<typeof heartbeatReply>;
