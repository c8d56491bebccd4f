import { mkdir, readdir, rename, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ignoring } from '@vhive/base/ignoring';
import { execa } from 'execa';
import { create, extract } from 'tar';

/** Longest time that all modules may take to come, milliseconds. */
const MOST_MS = 30 * 60_000;

/**
 * Fetches the modules that a Go source tree needs, with the Go of a mirror tree, and packs them as a file GOPROXY is laid
 * out. Go itself verifies them against the source's go.sum. False when there are none: the source brings them itself,
 * or needs none. Rejects
 * when Go cannot be run here, or fails.
 * @param files archives of Go and of the source, each with one folder on top
 * @param archive made whole or not at all, gzipped
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
    await stat(join(source, 'vendor/modules.txt')).catch(ignoring('no vendor folder: the modules have to be fetched'))
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
      // A cache that is read-only could not be removed again.
      GOFLAGS: '-modcacherw',
      GOWORK: 'off',
    },
    timeout: MOST_MS,
    cancelSignal: signal,
    stdin: 'ignore',
  });
  const downloads = join(cache, 'cache/download');
  // Answers of the checksum database, and locks, are no modules.
  const entries = (await readdir(downloads).catch(() => [])).filter((name) => name !== 'sumdb').sort();
  if (entries.length === 0) return false;
  await mkdir(dirname(archive), { recursive: true });
  const partial = `${archive}.${process.pid}.partial`;
  const options = { gzip: true, portable: true, file: partial, cwd: downloads, mtime: new Date(0) };
  await create({ ...options, filter: (path) => !path.endsWith('.lock') }, entries);
  await rename(partial, archive);
  return true;
}
