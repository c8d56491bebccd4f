import { createHash } from 'node:crypto';

/**
 * The fingerprint by which people tell public nkeys apart: the first 16 hex digits of the key's SHA-256. To make another
 * key with the same fingerprint takes about 2^64 attempts.
 */
export function nkeyFingerprint(publicKey: string): string {
  return createHash('sha256').update(publicKey).digest('hex').slice(0, 16);
}
