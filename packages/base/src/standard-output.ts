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
  const watched = [process.stdout, process.stderr].map((stream) => {
    const listener = (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EPIPE') onReaderGone();
      else if (stream === process.stdout) unwritten ??= cause;
    };
    return { stream: stream.on('error', listener), listener };
  });
  return {
    async end(exitCode, failure) {
      await writtenTo(process.stdout, '');
      if (unwritten !== undefined)
        await writtenTo(process.stderr, `error: standard output cannot be written: ${unwritten.message}\n`);
      for (const { stream, listener } of watched) stream.off('error', listener);
      return unwritten !== undefined && exitCode === 0 ? failure : exitCode;
    },
  };
}

async function writtenTo(stream: NodeJS.WriteStream, text: string): Promise<void> {
  await new Promise<void>((resolve) => stream.write(text, () => resolve()));
  // The error of a write that failed is told after its callback.
  await new Promise((resolve) => setImmediate(resolve));
}
