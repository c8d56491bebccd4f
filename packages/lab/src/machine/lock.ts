import { withFileLock } from '@vhive/base/files/file-lock';
import type { LabLog } from '../types.ts';

/**
 * Does `work` while it holds the lock `file`. If another command holds the lock, it waits for that and logs that this
 * command works on `what`.
 */
export async function withLock<Result>(
  file: string,
  what: string,
  { log, signal }: { log: LabLog; signal?: AbortSignal | undefined },
  work: () => Promise<Result>,
): Promise<Result> {
  return await withFileLock(file, work, {
    signal,
    onWait: () => log(`waiting for another command that works on ${what}`),
  });
}
