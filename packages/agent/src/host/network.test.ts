import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { connect, listen } from './network.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

test('a listener is reached, takes its port, and lets go of it', async () => {
  const port = await freePort();
  const listener = await listen('127.0.0.1', port);
  await connect('127.0.0.1', port, { timeoutMs: 2_000 });
  expect(await listen('127.0.0.1', port)).toBeUndefined();
  await listener?.close();
  await expect(connect('127.0.0.1', port, { timeoutMs: 2_000 })).rejects.toThrow('refused');
});

test('an address of another host cannot be listened on', async () => {
  await expect(listen('203.0.113.7', 1)).rejects.toThrow('cannot listen on 203.0.113.7:1');
});

test('an abort ends the attempt with its reason', async () => {
  const abort = new AbortController();
  abort.abort(new Error('cancelled'));
  await expect(connect('127.0.0.1', 1, { timeoutMs: 1_000, signal: abort.signal })).rejects.toThrow('cancelled');
});
