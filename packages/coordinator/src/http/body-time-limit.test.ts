import { once } from 'node:events';
import { connect } from 'node:net';
import fastify from 'fastify';
import { expect, it } from 'vitest';
import { limitBodyTime } from './body-time-limit.ts';

it('closes a connection whose request does not come whole in time, except where the route allows more', async () => {
  const app = fastify();
  limitBodyTime(app, 50);
  app.post('/short', async () => 'short');
  app.post('/long', { config: { bodyTimeLimitMs: 60_000 } }, async () => 'long');
  const { port } = new URL(await app.listen({ port: 0, host: '127.0.0.1' }));
  const head = (path: string) =>
    `POST ${path} HTTP/1.1\r\nhost: x\r\ncontent-type: text/plain\r\ncontent-length: 4\r\nconnection: close\r\n\r\n`;
  const open = (path: string) => {
    const socket = connect(Number(port), '127.0.0.1').setEncoding('utf8');
    let received = '';
    socket.on('data', (text) => {
      received += text;
    });
    const answer = once(socket, 'close').then(() => received);
    socket.write(`${head(path)}bo`);
    return { socket, answer };
  };
  const long = open('/long');
  // By the time the request to the short route is cut off, the other one has waited just as long.
  expect(await open('/short').answer).toBe('');
  long.socket.write('dy');
  expect(await long.answer).toContain('200 OK');
  await app.close();
});
