import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/**
 * User nkeys (Ed25519) with the signatures of node:crypto: the nkeys library signs in JavaScript, which takes 12 ms per
 * connect instead of 0.04 ms. Form: base32 of prefix, 32 bytes, CRC-16 (https://docs.nats.io, "NKeys").
 */
export interface UserKey {
  /** `SU...`, 58 characters. Secret. */
  seed: string;
  /** `U...`, 56 characters. */
  publicKey: string;
  sign(data: Uint8Array): Buffer;
}

const PREFIX_SEED = 18 << 3;
const PREFIX_USER = 20 << 3;
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Makes a new user key. */
export function createUserKey(): UserKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const raw = rawPrivate(privateKey);
  return userKey(encodeSeed(raw), privateKey);
}

/** Reads a seed `SU...`. Throws when it is none. */
export function userKeyFromSeed(seed: string): UserKey {
  const bytes = base32Decode(seed);
  const head = bytes[0] ?? 0;
  const prefix = ((head & 7) << 5) | ((bytes[1] ?? 0) >> 3);
  const payload = bytes.subarray(0, -2);
  if (bytes.length !== 36 || (head & 0xf8) !== PREFIX_SEED || prefix !== PREFIX_USER)
    throw new Error('not the seed of a user nkey');
  if (crc16(payload) !== bytes.readUInt16LE(34)) throw new Error('the nkey seed is damaged: its checksum is wrong');
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, payload.subarray(2)]),
    format: 'der',
    type: 'pkcs8',
  });
  return userKey(seed, key);
}

function userKey(seed: string, privateKey: KeyObject): UserKey {
  const der = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  return {
    seed,
    publicKey: withChecksum(Buffer.concat([Buffer.from([PREFIX_USER]), der.subarray(-32)])),
    sign: (data) => sign(null, data, privateKey),
  };
}

function rawPrivate(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
}

function encodeSeed(raw: Buffer): string {
  const head = Buffer.from([PREFIX_SEED | (PREFIX_USER >> 5), (PREFIX_USER & 31) << 3]);
  return withChecksum(Buffer.concat([head, raw]));
}

function withChecksum(payload: Buffer): string {
  const checksum = Buffer.alloc(2);
  checksum.writeUInt16LE(crc16(payload));
  return base32Encode(Buffer.concat([payload, checksum]));
}

/** CRC-16/XMODEM. */
function crc16(data: Uint8Array): number {
  let crc = 0;
  for (const byte of data) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function base32Encode(data: Uint8Array): string {
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of data) {
    value = ((value << 8) | byte) & 0xffff;
    for (bits += 8; bits >= 5; bits -= 5) text += ALPHABET[(value >> (bits - 5)) & 31];
  }
  return bits > 0 ? text + ALPHABET[(value << (5 - bits)) & 31] : text;
}

function base32Decode(text: string): Buffer {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const character of text) {
    const digit = ALPHABET.indexOf(character);
    if (digit < 0) throw new Error('not base32');
    value = ((value << 5) | digit) & 0xffff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 0xff);
    }
  }
  return Buffer.from(bytes);
}
