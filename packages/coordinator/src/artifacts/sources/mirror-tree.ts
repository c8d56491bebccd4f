import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VhiveError } from '@vhive/shared';

/** A mirror tree: files laid out as `<host>/<path>` of the original URLs, in a directory or on a web server. */
export type Mirror = { type: 'directory'; root: string } | { type: 'url'; base: string };

/** Reads the value of `--mirror`: a directory, a `file:` URL, or the `http(s):` URL of a web server. */
export function parseMirror(value: string): Mirror {
  if (/^https?:\/\//.test(value)) return { type: 'url', base: value.replace(/\/+$/, '') };
  return { type: 'directory', root: value.startsWith('file:') ? fileURLToPath(value) : resolve(value) };
}

/**
 * Returns the path of a URL's file within a mirror tree: `<host>/<path>`, percent-decoded, the query included where
 * there is one.
 */
export function mirrorPath(url: string): string {
  const { host, pathname, search } = new URL(url);
  const segments = `${host}${pathname}${search}`.split('/').map((segment) => decodeURIComponent(segment));
  if (segments.some((segment) => segment === '..' || segment.includes('/') || segment.includes('\0')))
    throw new VhiveError({
      code: 'usage',
      message: `${url} cannot be laid out in a mirror: its path is not a plain one`,
    });
  return segments.join('/');
}
