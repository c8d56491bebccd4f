import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { isoTime } from '../names.ts';

/** Version of the wire protocol. A receiver drops (and counts) every other version. */
export const PROTOCOL_VERSION = 1;

/** Largest message anyone sends or accepts, in bytes. NATS' own limit is set to the same. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;

/** Why a message was dropped; each is a counter. */
export type Rejection = 'oversize' | 'not-json' | 'version' | 'invalid' | 'expired';

/** All that is known of a message of another version. */
const versioned = z.object({ v: z.number().int() });

const outer = versioned.extend({
  id: z.string().min(1).max(128),
  sentAt: isoTime,
  expiresAt: isoTime.optional(),
  body: z.unknown(),
});

/** A message around a body that one of the wire schemas describes. */
export interface Envelope<B> {
  /** Protocol version, {@link PROTOCOL_VERSION}. */
  v: number;
  /** Unique per message; the same when the same message is sent again. */
  id: string;
  sentAt: string;
  /** After this time the receiver drops the message. Absent: never. */
  expiresAt?: string | undefined;
  body: B;
}

/** Wraps a body. `id` defaults to a random UUID; give it when the message may be sent again. */
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

/** What {@link decode} returns: the message, or why it must be dropped (never throws). */
export type Decoded<B> = { ok: true; envelope: Envelope<B> } | { ok: false; reason: Rejection; detail: string };

/** Parses and validates a message. Clock skew of up to `skewMs` (default 60 s) is forgiven at expiry. */
export function decode<S extends z.ZodType>(
  schema: S,
  data: Uint8Array,
  options: { now?: Date; skewMs?: number } = {},
): Decoded<z.output<S>> {
  if (data.byteLength > MAX_MESSAGE_BYTES)
    return { ok: false, reason: 'oversize', detail: `${data.byteLength} bytes, at most ${MAX_MESSAGE_BYTES}` };
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
