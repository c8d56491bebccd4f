import { VhiveError } from '@vhive/shared';
import { describe, expect, it } from 'vitest';
import { FileAbsentError } from './file-absent.ts';
import { parseMirror } from './mirror-tree.ts';
import type { Source } from './source.ts';
import { fromFirst, sourcesOf } from './sources-of.ts';

describe('sourcesOf', () => {
  const url = 'https://github.com/x/v1%2B2/file name';
  const places = (mirror?: string, optional = false) =>
    sourcesOf({ url, optional }, mirror === undefined ? undefined : parseMirror(mirror)).map(
      ({ describe }) => describe,
    );

  it('takes the original address without a mirror', () => {
    expect(places()).toEqual([url]);
  });

  it('has none for what only mirrors have, without a mirror', () => {
    expect(places(undefined, true)).toEqual([]);
  });

  it.each(['/srv/mirror', 'file:///srv/mirror/'])('finds the file in a directory: %s', (mirror) => {
    expect(places(mirror)).toEqual(['/srv/mirror/github.com/x/v1+2/file name']);
    expect(places(mirror, true)).toEqual(['/srv/mirror/github.com/x/v1+2/file name']);
  });

  it('encodes the path for a web server', () => {
    expect(places('http://mirror.lan:80/tree/')).toEqual(['http://mirror.lan:80/tree/github.com/x/v1%2B2/file%20name']);
  });
});

describe('fromFirst', () => {
  const absent = new FileAbsentError({ code: 'usage', message: 'not here' });
  const sources = sourcesOf({ url: 'https://a/1' }, undefined).concat(sourcesOf({ url: 'https://a/2' }, undefined));
  const take = (failures: Record<string, Error>) => async (source: Source) => {
    const failure = failures[source.describe];
    if (failure) throw failure;
    return source.describe;
  };

  it('goes on to the next source only where one does not have the file', async () => {
    expect(await fromFirst(sources, take({}))).toBe('https://a/1');
    expect(await fromFirst(sources, take({ 'https://a/1': absent }))).toBe('https://a/2');
    await expect(fromFirst(sources, take({ 'https://a/1': absent, 'https://a/2': absent }))).rejects.toBe(absent);
    const refused = new VhiveError({ code: 'refused', message: 'no' });
    await expect(fromFirst(sources, take({ 'https://a/1': refused }))).rejects.toBe(refused);
    expect(await fromFirst([], take({}))).toBeUndefined();
  });
});
