import { VhiveError } from '@vhive/shared';
import { execa } from 'execa';

/** A held lock; disposing of it lets the next build go on. */
export interface BuildLock {
  [Symbol.asyncDispose](): Promise<void>;
}

/** `flock --nonblock` ends with this code when another process has the lock. */
const lockedByAnother = 75;

/**
 * Takes the lock that keeps two builds apart, waiting as long as another build holds it.
 * The kernel's file lock is held by a child whose standard input is ours, so it is let go even when this process
 * is killed: there is no stale lock to clean up.
 */
export async function takeBuildLock(
  file: string,
  log: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<BuildLock> {
  const first = await holdLock(file, ['--nonblock', '--conflict-exit-code', String(lockedByAnother)], signal);
  if (first !== undefined) return first;
  log('another build of the lab mirror is running; waiting for it');
  const later = await holdLock(file, [], signal);
  if (later !== undefined) return later;
  throw new VhiveError({ code: 'internal', message: `flock did not give the lock on ${file}.` });
}

async function holdLock(
  file: string,
  flags: readonly string[],
  signal: AbortSignal | undefined,
): Promise<BuildLock | undefined> {
  // cat only echoes once flock has the lock and has become cat (--no-fork).
  const holder = execa('flock', [...flags, '--exclusive', '--no-fork', file, 'cat'], {
    reject: false,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  holder.stdin.on('error', () => undefined); // the holder may end before it reads; its exit code says why
  holder.stdin.write('held\n');
  const held = await Promise.race([
    new Promise<true>((resolve) => holder.stdout.once('data', () => resolve(true))),
    holder.then(() => false as const),
  ]);
  if (held) {
    return {
      async [Symbol.asyncDispose]() {
        holder.stdin.end();
        await holder;
      },
    };
  }
  const ended = await holder;
  if (ended.exitCode === lockedByAnother) return undefined;
  signal?.throwIfAborted(); // the caller tells an interruption from a failure
  throw new VhiveError({
    code: 'preflight',
    message: `Cannot lock ${file}: ${ended.stderr || ended.shortMessage || 'flock failed'}`,
    hint: 'Is the cache directory writable, and is flock (package util-linux) there?',
  });
}
