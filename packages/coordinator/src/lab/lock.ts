import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { VhiveError } from '@vhive/shared';
import { execa } from 'execa';
import type { LabLog } from './types.ts';

/** `flock --nonblock` ends with this code when another process has the lock. */
const lockedByAnother = 75;

/**
 * Does `work` while holding the lock `file`, waiting for another holder first and saying so with `what`.
 * The kernel's lock is held by a child whose standard input is ours: it is let go even when this process is killed.
 */
export async function withLock<Result>(
  file: string,
  what: string,
  context: { log: LabLog; signal?: AbortSignal | undefined },
  work: () => Promise<Result>,
): Promise<Result> {
  await mkdir(dirname(file), { recursive: true });
  let release = await hold(file, ['--nonblock', '--conflict-exit-code', String(lockedByAnother)], context.signal);
  if (release === undefined) {
    context.log(`waiting for another command that works on ${what}`);
    release = await hold(file, [], context.signal);
  }
  if (release === undefined)
    throw new VhiveError({ code: 'internal', message: `flock did not give the lock on ${file}.` });
  try {
    return await work();
  } finally {
    await release();
  }
}

async function hold(
  file: string,
  flags: readonly string[],
  signal: AbortSignal | undefined,
): Promise<(() => Promise<void>) | undefined> {
  const holder = execa('flock', [...flags, '--exclusive', '--no-fork', file, 'cat'], {
    reject: false,
    // Ctrl-C reaches the whole process group of a terminal: the lock must outlast it until the work has ended.
    detached: true,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  holder.stdin.on('error', () => undefined); // it may end before it reads; its exit code says why
  holder.stdin.write('held\n'); // cat gives it back once flock has the lock
  const held = await Promise.race([
    new Promise<true>((resolve) => holder.stdout.once('data', () => resolve(true))),
    holder.then(() => false as const),
  ]);
  if (held) {
    return async () => {
      holder.stdin.end();
      await holder;
    };
  }
  const ended = await holder;
  if (ended.exitCode === lockedByAnother) return undefined;
  if (signal?.aborted) throw new VhiveError({ code: 'interrupted', message: `Stopped while waiting for ${file}.` });
  throw new VhiveError({
    code: 'preflight',
    message: `Cannot lock ${file}: ${ended.stderr || ended.shortMessage || 'flock failed'}`,
    hint: 'The directory must be writable, and flock (package util-linux) installed.',
  });
}
