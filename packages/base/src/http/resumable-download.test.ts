import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VhiveError } from '@vhive/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileServer } from './file-server.fixture.ts';
import { sendRequest } from './request.ts';
import { type ResumableDownload, resumableDownload } from './resumable-download.ts';

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

const get = ({ stallMs = 20_000, ...options }: Partial<ResumableDownload> & { stallMs?: number } = {}) => {
  const signal = options.signal ?? AbortSignal.timeout(20_000);
  return resumableDownload({
    source: server.url('/file'),
    ask: (headers) => sendRequest(new URL(server.url('/file')), { headers, idleMs: stallMs, signal }, new Agent()),
    path,
    mode: 0o600,
    refusal: ({ statusCode = 0 }) =>
      statusCode >= 429 ? new Error(`status ${statusCode}`) : new VhiveError({ code: 'usage', message: 'no file' }),
    retries: 5,
    backoff: { firstMs: 1, longestMs: 10 },
    ...options,
    signal,
  });
};

describe('a file that may change', () => {
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

  it('gives up after too many failures without progress', async () => {
    server.files.set('/file', { content, statuses: [500, 500, 500, 500] });
    await expect(get({ retries: 2 })).rejects.toThrow('status 500');
    expect(server.requests).toHaveLength(3);
  });

  it('is not asked for again after a refusal', async () => {
    await expect(get()).rejects.toMatchObject({ code: 'usage' });
    expect(server.requests).toHaveLength(1);
  });

  it('is given up when the bytes do not fit the disk', async () => {
    server.files.set('/file', { content });
    await symlink('/dev/full', path);
    await expect(get()).rejects.toMatchObject({ code: 'preflight' });
    expect(server.requests).toHaveLength(1);
  });
});

describe('a file of one certain content', () => {
  const bytes = content.byteLength;

  it('is gone on with from whatever is there', async () => {
    server.files.set('/file', { content, freeRanges: true });
    await writeFile(path, content.subarray(0, 100_000));
    await get({ bytes });
    expect(await readFile(path)).toEqual(content);
    expect(server.requests).toEqual([{ path: '/file', range: 'bytes=100000-' }]);
    expect(existsSync(`${path}.json`)).toBe(false);
  });

  it('is begun anew when more is there than it has', async () => {
    server.files.set('/file', { content });
    await writeFile(path, randomBytes(bytes + 1));
    await get({ bytes });
    expect(await readFile(path)).toEqual(content);
    expect(server.requests).toEqual([{ path: '/file', range: undefined }]);
  });

  it('is tried again when less comes than it has, and what came is kept', async () => {
    server.files.set('/file', { content: content.subarray(0, 1000) });
    await expect(get({ bytes, retries: 1 })).rejects.toThrow();
    expect((await stat(path)).size).toBe(1000);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});
