import { dirname } from 'node:path';
import { defined, VhiveError } from '@vhive/shared';
import { execa } from 'execa';
import { makeDirectory } from './make-directory.ts';

/** `flock --nonblock` ends with this code when another process has the lock. */
const HELD_BY_ANOTHER = 75;

/** How a lock is waited for. */
export interface LockWait {
  /** Called once when another process holds the lock and has to be waited for. */
  onWait?: () => void;
  /** Ends the waiting with code `interrupted`. */
  signal?: AbortSignal | undefined;
}

/** Lets go of a lock. */
export type Release = () => Promise<void>;

/**
 * Takes the kernel's lock on a file; undefined when another process holds it. It is held by a child whose standard input
 * is ours, so it is let go a moment after this process is killed: there are no stale locks. With `patienceSeconds`, one
 * that is held is waited for so long.
 */
export async function tryLockFile(
  file: string,
  signal?: AbortSignal,
  patienceSeconds = 0,
): Promise<Release | undefined> {
  const patience = patienceSeconds === 0 ? ['--nonblock'] : ['--timeout', String(patienceSeconds)];
  return await hold(file, [...patience, '--conflict-exit-code', String(HELD_BY_ANOTHER)], signal);
}

/** Does `work` while holding the lock on a file, after any other holder. */
export async function withFileLock<Result>(
  file: string,
  work: () => Promise<Result>,
  { onWait, signal }: LockWait = {},
): Promise<Result> {
  let release = onWait ? await tryLockFile(file, signal) : undefined;
  if (release === undefined) {
    onWait?.();
    release = await hold(file, [], signal);
  }
  try {
    return await work();
  } finally {
    await release?.();
  }
}

async function hold(file: string, flags: readonly string[], signal?: AbortSignal): Promise<Release | undefined> {
  await makeDirectory(dirname(file), 0o700);
  const holder = execa('flock', [...flags, '--exclusive', '--no-fork', file, 'cat'], {
    reject: false,
    // Ctrl-C reaches the whole process group of a terminal: the lock must outlast it until the work has ended.
    detached: true,
    ...defined({ cancelSignal: signal }),
  });
  holder.stdin.on('error', () => undefined); // it may end before it reads; its exit code says why
  holder.stdin.write('held\n'); // cat gives it back once flock has the lock
  const held = await Promise.race([
    new Promise<true>((resolve) => holder.stdout.once('data', () => resolve(true))),
    holder.then(() => false as const),
  ]);
  if (held)
    return async () => {
      holder.stdin.end();
      await holder;
    };
  const ended = await holder;
  if (ended.exitCode === HELD_BY_ANOTHER) return undefined;
  if (signal?.aborted) throw new VhiveError({ code: 'interrupted', message: `stopped while waiting for ${file}` });
  throw new VhiveError({
    code: 'preflight',
    message: `cannot lock ${file}: ${ended.stderr || ended.shortMessage || 'flock failed'}`,
    hint: 'the directory must be writable, and flock (package util-linux) installed',
  });
}
