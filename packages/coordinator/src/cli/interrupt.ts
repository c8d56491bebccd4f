import { exitCodeOf, VhiveError } from '@vhive/shared';
import type { CliIo } from './io.ts';

/**
 * Runs work that ends in an orderly way at Ctrl-C (SIGINT) or SIGTERM. The first one aborts the signal with an
 * `interrupted` error; a second one ends the process at once, with the exit code of `interrupted`.
 */
export async function withInterrupt<T>(io: CliIo, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const onSignal = () => {
    // biome-ignore lint/plugin: whoever asks a second time does not want to wait for the clean-up
    if (controller.signal.aborted) process.exit(exitCodeOf('interrupted'));
    controller.abort(
      new VhiveError({
        code: 'interrupted',
        message: 'stopped before it was done',
        hint: 'type the same command again',
      }),
    );
    io.stderr.write('\ninterrupted: stopping in order (once more to stop at once) ...\n');
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    return await work(controller.signal);
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
