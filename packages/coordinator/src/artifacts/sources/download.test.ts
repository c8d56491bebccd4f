import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileServer } from '@vhive/base/http/file-server.fixture';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { download } from './download.ts';
import { FileAbsentError } from './file-absent.ts';

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

  it('says why nobody answers', async () => {
    const url = server.url('/file');
    await server.stop();
    await expect(
      download(url, path, { signal: AbortSignal.timeout(5000), retries: 1, retryDelayMs: 1 }),
    ).rejects.toMatchObject({ code: 'unreachable', message: expect.stringContaining('ECONNREFUSED') });
    server = await FileServer.start();
  });

  it('gives up after too many failures without progress', async () => {
    server.files.set('/file', { content, statuses: [500, 500, 500, 500] });
    await expect(get({ retries: 2 })).rejects.toMatchObject({ code: 'unreachable' });
    expect(server.requests).toHaveLength(3);
  });
});
