import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { VhiveError } from '@vhive/shared';

/** A tree laid out as `<host>/<path>` of the original URLs: a directory or a web server. */
export type Mirror = { type: 'directory'; root: string } | { type: 'url'; base: string };

/** Where a file is really taken from. */
export type Location = { type: 'file'; path: string } | { type: 'http'; url: string };

/** Reads the value of `--mirror`: a directory, a `file:` URL, or the `http(s):` URL of a web server. */
export function parseMirror(value: string): Mirror {
  if (/^https?:\/\//.test(value)) return { type: 'url', base: value.replace(/\/+$/, '') };
  return { type: 'directory', root: value.startsWith('file:') ? fileURLToPath(value) : resolve(value) };
}

/** Path of a URL's file within a mirror tree: `<host>/<path>`, percent-decoded, the query included where there is one. */
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

/** Where to take a URL's file from, given the mirror that replaces the internet (if any). */
export function locate(url: string, mirror: Mirror | undefined): Location {
  if (!mirror) return { type: 'http', url };
  const path = mirrorPath(url);
  if (mirror.type === 'directory') return { type: 'file', path: join(mirror.root, path) };
  return { type: 'http', url: `${mirror.base}/${path.split('/').map(encodeURIComponent).join('/')}` };
}

/** A location as people write it. */
export function locationText(location: Location): string {
  return location.type === 'file' ? location.path : location.url;
}
