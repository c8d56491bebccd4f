import { rm } from 'node:fs/promises';
import { fileSize } from '@vhive/base/files/file-size';
import { download } from './download.ts';
import { httpGet } from './http-get.ts';
import type { Source } from './source.ts';

/** How long a server may be silent when it is only asked whether it has a file, in milliseconds. */
const LOOK_MS = 10_000;

/**
 * A file of a web server. It is downloaded, and a download that broke off earlier is gone on with. `direct` means that
 * the server is near and never asked through a proxy.
 */
export function webFile(url: string, { direct = false }: { direct?: boolean } = {}): Source {
  return {
    describe: url,
    async look(signal) {
      const { statusCode = 0 } = (await httpGet(url, { method: 'HEAD', signal, idleMs: LOOK_MS, direct })).resume();
      if (statusCode === 404 || statusCode === 410) return 'absent';
      return statusCode >= 200 && statusCode < 300 ? 'there' : 'unclear';
    },
    async open(partial, options) {
      const resumed = (await fileSize(partial)) > 0;
      await download(url, partial, { ...options, direct });
      return { path: partial, resumed, discard: () => rm(partial, { force: true }) };
    },
  };
}
