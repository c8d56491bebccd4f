import { join } from 'node:path';
import { readFileIfPresent, writeFileAtomic } from '@vhive/base/files/atomic-file';
import { ignoring } from '@vhive/base/ignoring';
import * as z from 'zod';
import { AGENT_JWT_SECONDS } from './user-jwt.ts';

const stored = z.record(z.string(), z.number().int());

/** Public user nkeys whose JWTs no longer count. */
export interface Revocations {
  /** Public key to the time (seconds since 1970) up to which its JWTs are revoked: the form of an account JWT. */
  all(): Record<string, number>;
  /** Revokes all JWTs issued to the key up to now; written to disk when the promise is done. */
  add(publicKey: string): Promise<void>;
}

/** Opens `<stateDir>/revocations.json`. Entries older than the life of a JWT are dropped: what they named has expired. */
export async function openRevocations(stateDir: string): Promise<Revocations> {
  const file = join(stateDir, 'revocations.json');
  let entries = withoutExpired(stored.parse(JSON.parse((await readFileIfPresent(file)) ?? '{}')));
  let lastWrite: Promise<void> = Promise.resolve();
  return {
    all: () => ({ ...entries }),
    add(publicKey) {
      entries = { ...withoutExpired(entries), [publicKey]: nowSeconds() };
      // Writes follow each other, each with all entries of its moment.
      lastWrite = lastWrite
        .catch(ignoring('whoever wrote it hears of it; the next write holds all there is'))
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
