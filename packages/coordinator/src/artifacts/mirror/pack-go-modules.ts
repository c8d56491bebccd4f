import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ignoring } from '@vhive/base/ignoring';
import { execa } from 'execa';
import { create, extract } from 'tar';

/** The longest time that fetching all modules may take, in milliseconds. */
const MOST_MS = 30 * 60_000;

/**
 * Fetches the modules that a Go source tree needs, with the Go of a mirror tree, and packs them in the layout of a
 * GOPROXY of files. Go itself verifies them against the source's go.sum. The result is false when there are none,
 * because the source brings them itself or needs none. Rejects when Go cannot be run on this machine, or fails.
 * @param files archives of Go and of the source, each with one folder on top
 * @param archive the path of the result, which is made whole or not at all, gzipped
 */
export async function packGoModules(
  files: { go: string; source: string },
  archive: string,
  { scratch, signal }: { scratch: string; signal: AbortSignal },
): Promise<boolean> {
  const [go, source, cache] = ['go', 'source', 'modules'].map((name) => join(scratch, name)) as [
    string,
    string,
    string,
  ];
  for (const directory of [go, source, cache]) await mkdir(directory, { recursive: true });
  await extract({ file: files.go, cwd: go, strip: 1 });
  await extract({ file: files.source, cwd: source, strip: 1 });
  if (
    await stat(join(source, 'vendor/modules.txt')).catch(
      ignoring('without a vendor folder the modules have to be fetched'),
    )
  )
    return false;
  await execa(join(go, 'bin/go'), ['mod', 'download'], {
    cwd: source,
    env: {
      HOME: scratch,
      GOPATH: join(scratch, 'path'),
      GOMODCACHE: cache,
      GOCACHE: join(scratch, 'cache'),
      GOROOT: go,
      GOTOOLCHAIN: 'local',
      // Without this option the cache would be read-only and could not be removed again.
      GOFLAGS: '-modcacherw',
      GOWORK: 'off',
    },
    timeout: MOST_MS,
    cancelSignal: signal,
    stdin: 'ignore',
  });
  const downloads = join(cache, 'cache/download');
  // The answers of the checksum database, and locks, are no modules.
  const entries = (await readdir(downloads).catch(() => [])).filter((name) => name !== 'sumdb').sort();
  if (entries.length === 0) return false;
  await mkdir(dirname(archive), { recursive: true });
  const partial = `${archive}.${process.pid}.partial`;
  const options = { gzip: true, portable: true, file: partial, cwd: downloads, mtime: new Date(0) };
  await create({ ...options, filter: (path) => !path.endsWith('.lock') }, entries);
  await rename(partial, archive);
  return true;
}
