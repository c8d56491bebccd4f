import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { isoTime } from '../names.ts';
import { isNestedDeeper } from './nesting.ts';

/** The version of the wire protocol. A receiver drops and counts messages of every other version. */
export const PROTOCOL_VERSION = 2;

/**
 * The size of the largest message that anyone sends or accepts, in bytes. The limit of NATS itself is set to the same.
 */
export const MAX_MESSAGE_BYTES = 1024 * 1024;

/**
 * How deep arrays and objects may be nested in a message. What is much deeper exhausts the stack of whoever walks
 * through it.
 */
export const MAX_MESSAGE_DEPTH = 64;

/**
 * The reasons why messages are dropped. Each of them has a counter. `foreign` is what speaks of somebody else's steps or
 * wants its answer elsewhere; `too-often` is what comes faster than any agent speaks.
 */
export type Rejection =
  | 'oversize'
  | 'too-deep'
  | 'not-json'
  | 'version'
  | 'invalid'
  | 'expired'
  | 'foreign'
  | 'too-often';

/** All that can be relied on in a message of another version. */
const versioned = z.object({ v: z.number().int() });

const outer = versioned.extend({
  id: z.string().min(1).max(128),
  sentAt: isoTime,
  expiresAt: isoTime.optional(),
  body: z.unknown(),
});

/** A message around a body that one of the wire schemas describes. */
export interface Envelope<B> {
  /** The version of the protocol, see {@link PROTOCOL_VERSION}. */
  v: number;
  /** The identifier of the message, which stays the same when the same message is sent again. */
  id: string;
  sentAt: string;
  /** The time after which the receiver drops the message; absent where it never does. */
  expiresAt?: string | undefined;
  body: B;
}

/**
 * Wraps a body in an envelope. `id` is a random UUID unless it is given, which a message needs that may be sent again.
 */
export function encode<B>(body: B, options: { id?: string; now?: Date; ttlMs?: number } = {}): Uint8Array {
  const now = options.now ?? new Date();
  const envelope: Envelope<B> = {
    v: PROTOCOL_VERSION,
    id: options.id ?? randomUUID(),
    sentAt: now.toISOString(),
    ...(options.ttlMs === undefined ? {} : { expiresAt: new Date(now.getTime() + options.ttlMs).toISOString() }),
    body,
  };
  return Buffer.from(JSON.stringify(envelope));
}

/** What {@link decode} returns: the message, or the reason why it must be dropped. */
export type Decoded<B> = { ok: true; envelope: Envelope<B> } | { ok: false; reason: Rejection; detail: string };

/**
 * Parses and validates a message. It never throws. Size (`maxBytes`, by default {@link MAX_MESSAGE_BYTES}) and depth are
 * looked at before anything is parsed. A clock skew of up to `skewMs` (60 s by default) is forgiven when a message has
 * expired.
 */
export function decode<S extends z.ZodType>(
  schema: S,
  data: Uint8Array,
  options: { now?: Date; skewMs?: number; maxBytes?: number } = {},
): Decoded<z.output<S>> {
  const maxBytes = options.maxBytes ?? MAX_MESSAGE_BYTES;
  if (data.byteLength > maxBytes)
    return { ok: false, reason: 'oversize', detail: `${data.byteLength} bytes, at most ${maxBytes}` };
  if (isNestedDeeper(data, MAX_MESSAGE_DEPTH))
    return { ok: false, reason: 'too-deep', detail: `nested deeper than ${MAX_MESSAGE_DEPTH} levels` };
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(data));
  } catch {
    return { ok: false, reason: 'not-json', detail: 'neither UTF-8 nor JSON' };
  }
  const spoken = versioned.safeParse(json);
  if (spoken.success && spoken.data.v !== PROTOCOL_VERSION)
    return { ok: false, reason: 'version', detail: `protocol ${spoken.data.v}, this side speaks ${PROTOCOL_VERSION}` };
  const head = outer.safeParse(json);
  if (!head.success) return { ok: false, reason: 'invalid', detail: z.prettifyError(head.error) };
  const now = (options.now ?? new Date()).getTime();
  if (head.data.expiresAt !== undefined && Date.parse(head.data.expiresAt) + (options.skewMs ?? 60_000) < now)
    return { ok: false, reason: 'expired', detail: `expired at ${head.data.expiresAt}` };
  const body = schema.safeParse(head.data.body);
  if (!body.success) return { ok: false, reason: 'invalid', detail: z.prettifyError(body.error) };
  return { ok: true, envelope: { ...head.data, body: body.data } };
}
