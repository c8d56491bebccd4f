import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { download, FileAbsentError } from './download.ts';
import { FileServer } from './file-server.fixture.ts';

const content = randomBytes(300_000);
let server: FileServer;
let directory: string;
let path: string;

beforeEach(async () => {
  server = await FileServer.start();
  directory = await mkdtemp(join(tmpdir(), 'vhive-download-'));
  path = join(directory, 'file');
});
afterEach(async () => {
  await server.stop();
  await rm(directory, { recursive: true });
});

const get = (options: Partial<Parameters<typeof download>[2]> = {}) =>
  download(server.url('/file'), path, { signal: AbortSignal.timeout(20_000), retryDelayMs: 1, ...options });

describe('download', () => {
  it('goes on where the connection broke off, and reports progress', async () => {
    server.files.set('/file', { content, cutAfter: 100_000, cuts: 2 });
    const progress: [number, number | undefined][] = [];
    await get({ onProgress: (...now) => progress.push(now), retries: 0 });
    expect(await readFile(path)).toEqual(content);
    const starts = server.requests.map(({ range }) => Number(range?.replace(/\D/g, '') ?? 0));
    expect(starts).toHaveLength(3);
    expect(starts[1]).toBeGreaterThan(0);
    expect(starts[2]).toBeGreaterThan(starts[1] ?? 0);
    expect(progress.at(-1)).toEqual([300_000, 300_000]);
    expect(existsSync(`${path}.json`)).toBe(false);
  });

  it('goes on after a restart of the process', async () => {
    server.files.set('/file', { content, cutAfter: 120_000, cuts: 1 });
    const stopping = new AbortController();
    await expect(
      get({ signal: stopping.signal, onProgress: (bytes) => bytes > 60_000 && stopping.abort(new Error('stopped')) }),
    ).rejects.toThrow('stopped');
    server.requests.length = 0;
    server.files.set('/file', { content });
    const had = (await stat(path)).size;
    expect(had).toBeGreaterThan(0);
    expect(await readFile(path)).toEqual(content.subarray(0, had));
    await get();
    expect(await readFile(path)).toEqual(content);
    expect(server.requests).toEqual([{ path: '/file', range: `bytes=${had}-` }]);
  });

  it('starts anew when the file has changed meanwhile', async () => {
    server.files.set('/file', { content, cutAfter: 100_000, cuts: 1 });
    const other = randomBytes(200_000);
    let changed = false;
    await get({
      onProgress: (bytes) => {
        if (bytes > 50_000 && !changed) {
          changed = true;
          server.files.set('/file', { content: other });
        }
      },
    });
    expect(await readFile(path)).toEqual(other);
  });

  it('downloads from the start where the server knows no ranges', async () => {
    server.files.set('/file', { content, cutAfter: 100_000, cuts: 1, ranges: false });
    await get();
    expect(await readFile(path)).toEqual(content);
  });

  it('does not go on with a partial file of unknown origin', async () => {
    server.files.set('/file', { content });
    await writeFile(path, 'left by somebody');
    await get();
    expect(await readFile(path)).toEqual(content);
    expect(server.requests[0]?.range).toBeUndefined();
  });

  it('gives up a silent connection and goes on', async () => {
    server.files.set('/file', { content, stallAfter: 50_000 });
    const said: string[] = [];
    await get({ stallMs: 200, log: (text) => said.push(text) });
    expect(await readFile(path)).toEqual(content);
    expect(said.join()).toContain('no data for 0.2 s');
  });

  it('tries again after overload and server errors', async () => {
    server.files.set('/file', { content, statuses: [503, 429, 500] });
    await get();
    expect(await readFile(path)).toEqual(content);
  });

  it('follows redirects', async () => {
    server.files.set('/file', { content, redirect: server.url('/elsewhere') });
    server.files.set('/elsewhere', { content });
    await get();
    expect(await readFile(path)).toEqual(content);
  });

  it('says at once that a file does not exist', async () => {
    const failure = await get().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(FileAbsentError);
    expect(failure).toMatchObject({ code: 'usage', message: expect.stringContaining('404') });
    expect(server.requests).toHaveLength(1);
  });

  it('says at once that a file is forbidden, which is not the same', async () => {
    server.files.set('/file', { content, statuses: [403] });
    const failure = await get().catch((error: unknown) => error);
    expect(failure).not.toBeInstanceOf(FileAbsentError);
    expect(failure).toMatchObject({ code: 'usage' });
  });

  it('gives up after too many failures without progress', async () => {
    server.files.set('/file', { content, statuses: [500, 500, 500, 500] });
    await expect(get({ retries: 2 })).rejects.toMatchObject({ code: 'unreachable' });
    expect(server.requests).toHaveLength(3);
  });

  it('says why nobody answers', async () => {
    const url = server.url('/file');
    await server.stop();
    await expect(
      download(url, path, { signal: AbortSignal.timeout(5000), retries: 1, retryDelayMs: 1 }),
    ).rejects.toMatchObject({ code: 'unreachable', message: expect.stringContaining('ECONNREFUSED') });
    server = await FileServer.start();
  });
});
