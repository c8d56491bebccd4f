import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { join } from 'node:path';
import { createFileAtomic, readFileIfPresent } from '@vhive/base/files/atomic-file';
import { prepareStateDirectory } from './state-directory.ts';

/** The path of the operator token, mode 0600. Whoever can read this file may do everything the CLI can. */
export function operatorTokenFile(stateDir: string): string {
  return join(stateDir, 'operator-token');
}

/** Opens the bearer token of the operators' API and makes it on first use. It is secret. */
export async function openOperatorToken(stateDir: string): Promise<string> {
  await prepareStateDirectory(stateDir);
  const file = operatorTokenFile(stateDir);
  const found = await readFileIfPresent(file);
  if (found !== undefined) return found.trim();
  await createFileAtomic(file, `${randomBytes(32).toString('base64url')}\n`);
  return ((await readFileIfPresent(file)) ?? '').trim();
}

/** Compares two secrets in a time that does not depend on where they differ. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
