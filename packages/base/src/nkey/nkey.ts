import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { decodePublic, decodeSeed, encodePublic, encodeSeed, nkeyPrefixes } from './codec.ts';

/**
 * An nkey (Ed25519) that signs with node:crypto, in 0.04 ms. The nkeys library signs in JavaScript, which takes 12 to
 * 27 ms: that decides whether thousands of agents enrol and connect in seconds or minutes. For the form of nkeys see
 * https://docs.nats.io, "NKeys".
 */
export interface Nkey {
  /** `SU...`, `SA...`, `SO...`: 58 characters. Secret. */
  seed: string;
  /** `U...`, `A...`, `O...`: 56 characters. */
  publicKey: string;
  /** The signature over `data`, 64 bytes. */
  sign(data: Uint8Array): Buffer;
}

/** DER of PKCS#8 around a raw Ed25519 key (RFC 8410, section 7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Makes a new user key. */
export function createUserKey(): Nkey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const raw = privateKey.export({ format: 'der', type: 'pkcs8' }).subarray(-32);
  return nkeyOf(encodeSeed(nkeyPrefixes.user, raw), nkeyPrefixes.user, privateKey);
}

/** Reads the seed of a user key, `SU...`. Throws when it is none. */
export function userKeyFromSeed(seed: string): Nkey {
  if (decodeSeed(seed).prefix !== nkeyPrefixes.user) throw new Error('not the seed of a user nkey');
  return nkeyFromSeed(seed);
}

/** Reads the seed of a signing key of any kind. Throws when it is none. */
export function nkeyFromSeed(seed: string): Nkey {
  const { prefix, key } = decodeSeed(seed);
  return nkeyOf(
    seed,
    prefix,
    createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, key]), format: 'der', type: 'pkcs8' }),
  );
}

/** Returns whether `signature` (64 raw bytes) over `input` was made with the private half of the nkey `publicKey`. */
export function verifySignature(publicKey: string, input: Uint8Array, signature: Uint8Array): boolean {
  if (!isPublicNkey(publicKey) || signature.byteLength !== 64) return false;
  const x = decodePublic(publicKey).key.toString('base64url');
  return verify(null, input, createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' }), signature);
}

/** Returns whether the prefix and the checksum of a public nkey are right. */
export function isPublicNkey(text: string): boolean {
  try {
    decodePublic(text);
    return true;
  } catch {
    return false;
  }
}

function nkeyOf(seed: string, prefix: number, privateKey: KeyObject): Nkey {
  const raw = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
  return { seed, publicKey: encodePublic(prefix, raw), sign: (data) => sign(null, data, privateKey) };
}
