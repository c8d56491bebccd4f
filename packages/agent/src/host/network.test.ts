import { freePort } from '@vhive/base/free-port.fixture';
import { expect, test } from 'vitest';
import { connect, listen } from './network.ts';

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
