import { once } from 'node:events';
import { Agent, createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it } from 'vitest';
import { readJson } from './read-json.ts';
import { type HttpRequest, sendRequest } from './request.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function ask(answer: RequestListener, request: Partial<HttpRequest> = {}) {
  server = createServer(answer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/path?query`);
  return await sendRequest(url, { idleMs: 20_000, ...request }, new Agent());
}

const echo: RequestListener = async (request, response) => {
  const { method, url, headers } = request;
  response.end(JSON.stringify({ method, url, headers, body: await text(request) }));
};

it('sends a body as JSON, and headers as they are', async () => {
  const answer = await ask(echo, { method: 'POST', body: { a: 1 }, headers: { authorization: 'Bearer x' } });
  expect(await readJson(answer)).toMatchObject({
    method: 'POST',
    url: '/path?query',
    headers: { 'content-type': 'application/json', 'content-length': '7', authorization: 'Bearer x' },
    body: '{"a":1}',
  });
});

it('sends a stream with its length', async () => {
  const stream = { source: Readable.from([Buffer.from('some '), Buffer.from('bytes')]), bytes: 10 };
  expect(await readJson(await ask(echo, { method: 'PUT', stream }))).toMatchObject({
    headers: { 'content-length': '10' },
    body: 'some bytes',
  });
});

it('rejects when nobody answers in time, and whoever reads hears when the answer falls silent', async () => {
  await expect(ask(() => undefined, { idleMs: 50 })).rejects.toThrow('no data for 0.05 s');
  const answer = await ask((_, response) => response.write('a part'), { idleMs: 50 });
  await expect(text(answer)).rejects.toThrow('no data for 0.05 s');
});

it('is ended by its signal, before the answer and in the midst of it', async () => {
  const stop = new AbortController();
  const asked = ask(() => stop.abort(), { signal: stop.signal });
  await expect(asked).rejects.toThrow('aborted');
  const later = new AbortController();
  const answer = await ask((_, response) => response.write('a part'), { signal: later.signal });
  later.abort();
  await expect(text(answer)).rejects.toThrow('aborted');
});

it('reads no endless answer into memory', async () => {
  const answer = await ask((_, response) => response.end(`"${'x'.repeat(2_000_000)}"`));
  await expect(readJson(answer)).rejects.toThrow('longer than 1 MiB');
});
