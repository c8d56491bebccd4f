import { fileDigest } from '@vhive/base/files/hash-file';
import * as z from 'zod';
import type { ActionContext } from './action.ts';

/** What a file was when it was last read. */
const seenRecord = z.object({ state: z.string(), sha256: z.string() });

/**
 * Returns the SHA-256 of a file at a path of the host, lower-case hex. It is read only if it looks other than when it
 * was last read here: programs of a node take seconds to hash, and each run asks for them. Rejects when there is no
 * such file, or when the signal aborts.
 */
export async function seenDigest(
  path: string,
  { host, records, signal }: Pick<ActionContext, 'host' | 'records' | 'signal'>,
): Promise<string> {
  const name = `digest ${path}`;
  const status = await host.stat(path);
  // What a link leads to may change while the link stays the same.
  if (status?.type !== 'file') return await fileDigest(host.localPath(path), signal);
  const { state } = status;
  const before = seenRecord.safeParse(await records.get(name)).data;
  if (before?.state === state) return before.sha256;
  const sha256 = await fileDigest(host.localPath(path), signal);
  await records.set(name, { state, sha256 });
  return sha256;
}
