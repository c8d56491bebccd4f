import { withFileLock } from '@vhive/base/files/file-lock';
import type { LabLog } from '../types.ts';

/** Does `work` while holding the lock `file`, waiting for another command first and saying on what (`what`) it works. */
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
