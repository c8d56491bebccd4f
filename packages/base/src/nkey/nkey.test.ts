import { createAccount, createCurve, createOperator, createUser, fromSeed } from '@nats-io/nkeys';
import { expect, it } from 'vitest';
import { createUserKey, isPublicNkey, nkeyFromSeed, userKeyFromSeed, verifySignature } from './nkey.ts';

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

it.each([
  ['user', createUser],
  ['account', createAccount],
  ['operator', createOperator],
])('signs and verifies with the key of an %s as the nkeys library does', (_, create) => {
  const pair = create();
  const key = nkeyFromSeed(Buffer.from(pair.getSeed()).toString());
  expect(key.publicKey).toBe(pair.getPublicKey());
  expect(key.sign(text)).toEqual(Buffer.from(pair.sign(text)));
  expect(verifySignature(key.publicKey, text, pair.sign(text))).toBe(true);
  expect(verifySignature(create().getPublicKey(), text, pair.sign(text))).toBe(false);
});

it('takes no key for a user key that is none', () => {
  expect(() => userKeyFromSeed(Buffer.from(createAccount().getSeed()).toString())).toThrow('not the seed of a user');
});

it('knows public keys by prefix and checksum', () => {
  const good = createUser().getPublicKey();
  expect(isPublicNkey(good)).toBe(true);
  expect(isPublicNkey(createCurve().getPublicKey())).toBe(true);
  const damaged = `${good.slice(0, 20)}${good[20] === 'A' ? 'B' : 'A'}${good.slice(21)}`;
  for (const bad of ['', 'UNONSENSE', damaged, good.toLowerCase(), createUserKey().seed]) {
    expect(isPublicNkey(bad)).toBe(false);
    expect(verifySignature(bad, text, createUser().sign(text))).toBe(false);
  }
  expect(verifySignature(good, text, new Uint8Array(3))).toBe(false);
});
