import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { VhiveError } from '@vhive/shared';
import { execa } from 'execa';

/** `flock --nonblock` ends with this code when another process has the lock. */
const HELD_BY_ANOTHER = 75;

/**
 * Takes the kernel's lock on a file. It is held by a child whose standard input is ours, so it is let go even when
 * this process is killed. With `wait: false`, undefined when another process holds it.
 */
export async function lockFile(file: string, options: { wait: boolean }): Promise<(() => Promise<void>) | undefined> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const flags = options.wait ? [] : ['--nonblock', '--conflict-exit-code', String(HELD_BY_ANOTHER)];
  // detached: Ctrl-C in a terminal must not free the lock before this process has ended its work.
  const holder = execa('flock', [...flags, '--exclusive', '--no-fork', file, 'cat'], { reject: false, detached: true });
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
  throw new VhiveError({
    code: 'internal',
    message: `cannot lock ${file}: ${ended.stderr || ended.shortMessage || 'flock failed'}`,
    hint: 'flock (package util-linux) must be installed and the directory writable',
  });
}

/** Does `work` while holding the lock, after any other holder. */
export async function withFileLock<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  const release = await lockFile(file, { wait: true });
  try {
    return await work();
  } finally {
    await release?.();
  }
}
