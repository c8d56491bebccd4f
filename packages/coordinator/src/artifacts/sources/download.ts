import { networkFailure, resumableDownload } from '@vhive/base/http/resumable-download';
import { VhiveError } from '@vhive/shared';
import { FileAbsentError } from './file-absent.ts';
import { httpGet } from './http-get.ts';
import { proxyOf } from './proxy.ts';

/** How to download. */
export interface DownloadOptions {
  signal: AbortSignal;
  /** Called with the bytes so far, and with those in all where the server says how many there are. */
  onProgress?: ((bytes: number, total: number | undefined) => void) | undefined;
  /** Called with what went wrong before a further try. */
  log?: ((text: string) => void) | undefined;
  /** How many further tries may fail without a byte of progress; default 5. */
  retries?: number | undefined;
  /** The wait before the first further try, in milliseconds; default 1000. It doubles up to 30 s. */
  retryDelayMs?: number | undefined;
  /** A silent connection is given up after this time, in milliseconds; default 60 000. */
  stallMs?: number | undefined;
  /** Whether the host is asked directly, whatever proxy the environment names. */
  direct?: boolean | undefined;
}

/**
 * Downloads into `path`. It goes on where an earlier call (or process) was cut off, if the server says that the file is
 * still the same one. The content is not verified here. Throws VhiveError: `usage` when the file does not exist there,
 * and `unreachable` when the network failed too often.
 */
export async function download(url: string, path: string, options: DownloadOptions): Promise<void> {
  const { signal, onProgress, log, retries = 5, retryDelayMs = 1000, stallMs = 60_000, direct } = options;
  try {
    await resumableDownload({
      source: url,
      ask: (headers) => httpGet(url, { signal, idleMs: stallMs, headers, direct }),
      path,
      mode: 0o644,
      refusal: ({ statusCode = 0 }) => refusal(url, statusCode),
      signal,
      onProgress,
      log,
      retries,
      backoff: { firstMs: retryDelayMs, longestMs: 30_000 },
    });
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof VhiveError) throw cause;
    const proxy = direct ? undefined : proxyOf(new URL(url));
    throw new VhiveError({
      code: 'unreachable',
      message: `${url} cannot be downloaded${proxy === undefined ? '' : ` through the proxy ${proxy.shown}`}: ${networkFailure(cause)}`,
      hint:
        proxy === undefined
          ? 'does this host reach the internet? set HTTPS_PROXY for a proxy, or give a mirror: --mirror <directory or URL>'
          : `is the proxy right? ${proxy.variable} of the environment names it; NO_PROXY names hosts that are asked directly`,
      cause,
    });
  }
}

/**
 * Makes the error for a status that comes without the file. The statuses of overload and of servers in trouble may
 * pass; the others stay.
 */
function refusal(url: string, status: number): Error {
  if (status >= 500 || [408, 425, 429].includes(status)) return new Error(`HTTP status ${status}`);
  const init = {
    code: 'usage' as const,
    message: `${url} cannot be downloaded: HTTP status ${status}${status === 404 ? ' (not found)' : ''}`,
    hint: 'is the version right? if the mirror lacks the file: vhive-coord mirror pull',
  };
  return [404, 410].includes(status) ? new FileAbsentError(init) : new VhiveError(init);
}
