/** Watches whether what a program says can be written. */
export interface StandardOutput {
  /**
   * Waits until all that was written has left the process. When some of it could not be written, says so on standard
   * error, and returns `failure` in the place of an exit code 0.
   */
  end(exitCode: number, failure: number): Promise<number>;
}

/**
 * Watches standard output and standard error from now on. Without that, a write that fails on a full disk is lost
 * without a word. `onReaderGone` is called when the reader of one of them has gone (`| head`).
 */
export function watchStandardOutput(onReaderGone: () => void): StandardOutput {
  let unwritten: Error | undefined;
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EPIPE') onReaderGone();
      else if (stream === process.stdout) unwritten ??= cause;
    });
  return {
    async end(exitCode, failure) {
      await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
      // The error of a write that failed is told after its callback.
      await new Promise((resolve) => setImmediate(resolve));
      if (unwritten === undefined) return exitCode;
      process.stderr.write(`error: standard output cannot be written: ${unwritten.message}\n`);
      return exitCode === 0 ? failure : exitCode;
    },
  };
}
