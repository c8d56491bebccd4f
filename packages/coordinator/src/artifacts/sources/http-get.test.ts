import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { FileServer } from '@vhive/base/http/file-server.fixture';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { httpGet } from './http-get.ts';

let proxy: Server;
let direct: FileServer;
const asked: string[] = [];

beforeAll(async () => {
  proxy = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end('through the proxy');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  direct = await FileServer.start();
  process.env.HTTP_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  process.env.NO_PROXY = 'direct.invalid';
});
afterAll(async () => {
  proxy.closeAllConnections();
  await new Promise((resolve) => proxy.close(resolve));
  await direct.stop();
});

const get = async (url: string) => await text(await httpGet(url, { signal: AbortSignal.timeout(5000), idleMs: 5000 }));

it('asks the proxy of the environment, and this host, a mirror and those in NO_PROXY directly', async () => {
  direct.files.set('/file', { content: Buffer.from('direct') });
  expect(await get('http://example.invalid/file')).toBe('through the proxy');
  expect(asked).toEqual(['http://example.invalid/file']);
  expect(await get(direct.url('/file'))).toBe('direct');
  const near = httpGet('http://mirror.invalid/file', { signal: AbortSignal.timeout(5000), idleMs: 5000, direct: true });
  await expect(near).rejects.toThrow('ENOTFOUND');
  await expect(get('http://direct.invalid/file')).rejects.toThrow('ENOTFOUND');
  expect(asked).toHaveLength(1);
});

it('does not follow redirects for ever', async () => {
  direct.files.set('/round', { content: Buffer.from(''), redirect: direct.url('/round') });
  await expect(get(direct.url('/round'))).rejects.toMatchObject({ code: 'usage' });
  expect(direct.requests.filter(({ path }) => path === '/round')).toHaveLength(11);
});
