import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { freePort } from './free-port.fixture.ts';

test('a port is given once, is none that the kernel gives away, and can be listened on', async () => {
  const ports = await Promise.all(Array.from({ length: 200 }, () => freePort()));
  expect(new Set(ports).size).toBe(ports.length);
  const [lowest] = (await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')).split('\t');
  expect(Math.max(...ports)).toBeLessThan(Number(lowest));
  const server = createServer().listen(ports[0]);
  await once(server, 'listening');
  server.close();
});

test('the ports that follow are free too, and given to nobody else', async () => {
  const port = await freePort(2);
  for (const next of [port + 1, port + 2]) {
    const server = createServer().listen(next);
    await once(server, 'listening');
    server.close();
  }
});
