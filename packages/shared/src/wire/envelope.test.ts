import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { decode, encode, MAX_MESSAGE_BYTES, PROTOCOL_VERSION } from './envelope.ts';

const body = z.object({ type: z.literal('greeting'), text: z.string() });
const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const head = { v: PROTOCOL_VERSION, id: 'x', sentAt: new Date().toISOString() };

test('what is encoded is decoded', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const decoded = decode(body, encode({ type: 'greeting', text }, { id: 'an id' }));
      expect(decoded).toMatchObject({
        ok: true,
        envelope: { id: 'an id', v: PROTOCOL_VERSION, body: { type: 'greeting', text } },
      });
    }),
  );
});

test('nothing that comes in makes it throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array(), fc.json().map(bytes), fc.object().map(bytes)), (data) => {
      expect(decode(body, data).ok).toBe(false);
    }),
  );
});

test.each([
  ['oversize', new Uint8Array(MAX_MESSAGE_BYTES + 1)],
  ['too-deep', bytes(`{"v":${PROTOCOL_VERSION},"body":${'['.repeat(60_000)}${']'.repeat(60_000)}}`)],
  ['not-json', new Uint8Array([0xff, 0xfe])],
  ['not-json', bytes('{"v":')],
  ['invalid', bytes({ ...head, id: '' })],
  ['version', bytes({ ...head, v: PROTOCOL_VERSION + 1 })],
  ['invalid', bytes({ ...head, body: { type: 'shout' } })],
  ['expired', bytes({ ...head, expiresAt: '2020-01-01T00:00:00.000Z', body: { type: 'greeting', text: '' } })],
])('%s', (reason, data) => {
  expect(decode(body, data)).toMatchObject({ ok: false, reason });
});

test('a message that expired less than the forgiven skew ago is taken', () => {
  const now = new Date('2030-01-01T00:00:00.000Z');
  const data = encode({ type: 'greeting', text: 'hi' }, { now, ttlMs: 1000 });
  const after = (ms: number) => decode(body, data, { now: new Date(now.getTime() + ms) }).ok;
  expect([after(0), after(60_000), after(61_001)]).toEqual([true, true, false]);
});

test('a receiver that expects small messages takes no large ones', () => {
  const data = encode({ type: 'greeting', text: 'x'.repeat(1000) });
  expect(decode(body, data, { maxBytes: 1000 })).toMatchObject({ ok: false, reason: 'oversize' });
  expect(decode(body, data, { maxBytes: 2000 })).toMatchObject({ ok: true });
});
