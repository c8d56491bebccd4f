import { join } from 'node:path';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import { ignoring } from '@vhive/base/ignoring';
import * as z from 'zod';
import { readJsonFile } from './json-file.ts';
import { AGENT_JWT_SECONDS } from './user-jwt.ts';

const stored = z.record(z.string(), z.number().int());

/** The public user nkeys whose JWTs no longer count. */
export interface Revocations {
  /**
   * Maps each public key to the time (seconds since 1970) up to which its JWTs are revoked. An account JWT has the same
   * form.
   */
  all(): Record<string, number>;
  /** Revokes all JWTs that were issued to the key up to now. The revocation is on disk when the promise resolves. */
  add(publicKey: string): Promise<void>;
}

/**
 * Opens `<stateDir>/revocations.json`. Entries older than the life of a JWT are dropped, because the JWTs that they
 * named have expired. Throws code `internal` when the file is damaged.
 */
export async function openRevocations(stateDir: string): Promise<Revocations> {
  const file = join(stateDir, 'revocations.json');
  const kept = await readJsonFile(file, stored, {
    holds: 'the keys of removed nodes',
    remedy: `restore it from a backup; if you remove it (rm ${file}), the credentials of nodes that were removed within the last 7 days count again`,
  });
  let entries = withoutExpired(kept ?? {});
  let lastWrite: Promise<void> = Promise.resolve();
  return {
    all: () => ({ ...entries }),
    add(publicKey) {
      entries = { ...withoutExpired(entries), [publicKey]: nowSeconds() };
      // The writes follow each other, and each has all entries of its moment.
      lastWrite = lastWrite
        .catch(ignoring('the caller that wrote gets the error; the next write has all entries'))
        .then(() => writeFileAtomic(file, JSON.stringify(entries)));
      return lastWrite;
    },
  };
}

function withoutExpired(entries: Record<string, number>): Record<string, number> {
  const oldest = nowSeconds() - AGENT_JWT_SECONDS;
  return Object.fromEntries(Object.entries(entries).filter(([, revokedAt]) => revokedAt >= oldest));
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
