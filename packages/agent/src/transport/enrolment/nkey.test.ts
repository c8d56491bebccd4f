import { createUser, fromSeed } from '@nats-io/nkeys';
import { expect, it } from 'vitest';
import { createUserKey, userKeyFromSeed } from './nkey.ts';

const text = Buffer.from('text');

it('makes keys that the nkeys library reads, and signatures it accepts', () => {
  for (let round = 0; round < 10; round++) {
    const key = createUserKey();
    const pair = fromSeed(Buffer.from(key.seed));
    expect(pair.getPublicKey()).toBe(key.publicKey);
    expect(pair.verify(text, key.sign(text))).toBe(true);
  }
});

it('reads keys that the nkeys library made', () => {
  const pair = createUser();
  const key = userKeyFromSeed(Buffer.from(pair.getSeed()).toString());
  expect(key.publicKey).toBe(pair.getPublicKey());
  expect(pair.verify(text, key.sign(text))).toBe(true);
});

it.each([
  '',
  'SU',
  'not base32!',
  Buffer.from(createUser().getSeed())
    .toString()
    .replace(/.$/, (last) => (last === 'A' ? 'Q' : 'A')),
])('refuses %j', (seed) => {
  expect(() => userKeyFromSeed(seed)).toThrow();
});
