import { createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { fromPublic, fromSeed, type KeyPair } from '@nats-io/nkeys';

/** DER of PKCS#8 around a raw Ed25519 seed (RFC 8410, section 7). */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/**
 * An nkey pair that signs with the platform's Ed25519 instead of the library's pure JavaScript: 0.04 ms instead of
 * 27 ms, which decides whether thousands of agents enrol in seconds or minutes. It fits wherever the nkeys and jwt
 * libraries take a `KeyPair`. `seed` as nkeys print it (`SO...`, `SA...`, `SU...`).
 */
export function signingPair(seed: string): KeyPair {
  const library = fromSeed(new TextEncoder().encode(seed));
  const publicKey = library.getPublicKey();
  let privateKey: Uint8Array | undefined;
  // A seed is 2 bytes of prefix, 32 of key, 2 of checksum; fromSeed has checked them.
  const raw = Buffer.from(decodeBase32(seed)).subarray(2, 34);
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, raw]), format: 'der', type: 'pkcs8' });
  return {
    getPublicKey: () => publicKey,
    // The jwt library asks for it before every signature, to be sure that there is one.
    getPrivateKey: () => (privateKey ??= library.getPrivateKey()),
    getSeed: () => library.getSeed(),
    sign: (input) => new Uint8Array(sign(null, input, key)),
    verify: (input, signature) => verifySignature(publicKey, input, signature),
    clear: () => library.clear(),
    seal: (input, recipient, nonce) => library.seal(input, recipient, nonce),
    open: (message, sender) => library.open(message, sender),
  };
}

/** True when `signature` (64 bytes, raw) over `input` was made with the private half of the nkey `publicKey`. */
export function verifySignature(publicKey: string, input: Uint8Array, signature: Uint8Array): boolean {
  if (!isPublicNkey(publicKey) || signature.byteLength !== 64) return false;
  // A public nkey is 1 byte of prefix, 32 of key, 2 of checksum.
  const x = Buffer.from(decodeBase32(publicKey)).subarray(1, 33).toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, input, key, signature);
}

/** True when prefix and checksum are right. */
export function isPublicNkey(text: string): boolean {
  try {
    fromPublic(text);
    return true;
  } catch {
    return false;
  }
}

/** RFC 4648 base32 without padding. */
function decodeBase32(text: string): Uint8Array {
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const character of text) {
    value = (value << 5) | 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(character);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >>> bits) & 0xff);
      value &= (1 << bits) - 1;
    }
  }
  return Uint8Array.from(bytes);
}
