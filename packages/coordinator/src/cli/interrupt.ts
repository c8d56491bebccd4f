import { exitCodeOf, VhiveError } from '@vhive/shared';
import type { CliIo } from './io.ts';

/** What tells a command to end: Ctrl-C, `kill`, and a terminal that was closed. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

const stopped = () =>
  new VhiveError({
    code: 'interrupted',
    message: 'stopped before it was done',
    hint: 'type the same command again',
  });

/**
 * Runs work that ends in an orderly way when the command is told to end (see {@link guardSignals}). The first time
 * aborts the signal with an `interrupted` error; the second time ends the process at once.
 */
export async function withInterrupt<T>(io: CliIo, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  io.interrupt = () => {
    if (controller.signal.aborted) return false;
    controller.abort(stopped());
    if (!io.readerIsGone) io.announce('interrupted: stopping in order (once more to stop at once) ...');
    return true;
  };
  try {
    return await work(controller.signal);
  } finally {
    // The outcome is known now, and only has to be printed.
    io.interrupt = () => true;
  }
}

/**
 * Lets signals end the command as it wants to be ended. A command that has nothing to end in order, or has been told
 * twice, ends at once. Either way its result line comes out, and agrees with the exit code: what is already decided
 * stays. Commands that listen to signals themselves (`lab exec`) are left to do so.
 */
export function guardSignals(io: CliIo): void {
  for (const name of signals)
    process.on(name, () => {
      const othersListen = process.listenerCount(name) > 1;
      if (io.isOver || !(io.interrupt?.() ?? othersListen)) endNow(io);
    });
}

/** The command ends as if it had been told to when nobody reads its output any more (`| head`), but without a word. */
export function readerGone(io: CliIo): void {
  if (io.readerIsGone) return;
  io.readerIsGone = true;
  if (!io.interrupt?.()) endNow(io);
}

function endNow(io: CliIo): never {
  if (!io.isDecided) {
    const { code, message, hint } = stopped();
    io.fail({ code, message, hint, exitCode: exitCodeOf(code) });
  }
  io.writeResult();
  // biome-ignore lint/plugin: whoever asks a second time does not want to wait for the clean-up
  process.exit(io.result.exitCode);
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
