import { chmod, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Gives a whole run of tests a directory of its own for temporary files (TMPDIR), which is removed at its end with all
 * that tests have left in it: those that failed half-way, and those that need not clean up. Vitest calls it before it
 * starts the processes in which tests run, and calls what it returns at the end of the run.
 */
export default async function scratch(): Promise<() => Promise<void>> {
  const before = process.env.TMPDIR;
  // The name is short, since the path of a socket may have a hundred characters only.
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'vhive-t-')));
  // Programs that tests start under other users use it too, as they use /tmp.
  await chmod(directory, 0o1777);
  process.env.TMPDIR = directory;
  return async () => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
}
