import { type BackoffLimits, messageOf, VhiveError } from '@vhive/shared';
import { fileSize } from '../files/file-size.ts';
import { createBackoff } from '../retry/backoff.ts';
import { sleep } from '../retry/sleep.ts';
import { forgetValidator } from './partial-file.ts';
import { receive, type Transfer } from './receive.ts';

/** A file to download, however often the connection breaks. */
export interface ResumableDownload extends Transfer {
  /** Says what went wrong before a further try. */
  log?: ((text: string) => void) | undefined;
  /** Further tries in a row that may bring not a byte. */
  retries: number;
  /** Pauses before further tries. */
  backoff: BackoffLimits;
}

/**
 * Downloads a file, going on where an earlier try, call or process was cut off. The content is not verified here. Rejects
 * with a final VhiveError (see {@link Transfer.refusal}), with the signal's reason, or with the last try's error
 * when too many brought nothing.
 */
export async function resumableDownload(download: ResumableDownload): Promise<void> {
  const { path, signal, retries, log, source } = download;
  const backoff = createBackoff(download.backoff);
  let furthest = 0;
  let fruitless = 0;
  for (;;)
    try {
      signal.throwIfAborted();
      await receive(download);
      return await forgetValidator(path);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof VhiveError && error.code !== 'unreachable') throw error;
      // A long download over a bad line may break off often, as long as it gets further each time.
      const reached = await fileSize(path);
      fruitless = reached > furthest ? 0 : fruitless + 1;
      furthest = Math.max(furthest, reached);
      if (fruitless > retries) throw error;
      if (fruitless === 0) backoff.reset();
      log?.(`${source}: ${networkFailure(error)}; trying again`);
      await sleep(backoff.nextMs(), signal);
    }
}

/** What a network error says: those of Node.js often have their cause in an inner error. */
export function networkFailure(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.map(messageOf).join('; ');
  return messageOf(error);
}
