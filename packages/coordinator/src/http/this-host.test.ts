import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, expect, it } from 'vitest';
import { isOfThisHost, ownerIn } from './this-host.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of cleanUp.splice(0).reverse()) await end();
});

/** Connects to a server here and returns the server's end of the connection. */
async function accepted(listenOn: string, host: string): Promise<Socket> {
  const server = createServer().listen(0, listenOn);
  await once(server, 'listening');
  cleanUp.push(() => server.close());
  const incoming = once(server, 'connection') as Promise<[Socket]>;
  const client = connect({ host, port: (server.address() as { port: number }).port });
  cleanUp.push(() => client.destroy());
  const [socket] = await incoming;
  cleanUp.push(() => socket.destroy());
  return socket;
}

const card = Object.values(networkInterfaces())
  .flatMap((all) => all ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

it.each([
  ['loopback', '127.0.0.1', '127.0.0.1'],
  ['an IPv4 client of a server for both families', '::', '127.0.0.1'],
  ['IPv6', '::', '::1'],
  ['an address of a network card', '0.0.0.0', card ?? '127.0.0.1'],
])('knows a process of its own user over %s', async (_what, listenOn, host) => {
  expect(await isOfThisHost(await accepted(listenOn, host))).toBe(true);
});

it('knows nobody by an address alone', async () => {
  const ends = await accepted('127.0.0.1', '127.0.0.1');
  const { remotePort = 0, localPort = 0 } = ends;
  const claimed = { remoteAddress: '127.0.0.1', remotePort, localAddress: '127.0.0.1', localPort };
  expect(await isOfThisHost(claimed)).toBe(true);
  expect(await isOfThisHost({ ...claimed, remotePort: remotePort === 1 ? 2 : 1 })).toBe(false);
  expect(await isOfThisHost({ ...claimed, remoteAddress: '192.0.2.1' })).toBe(false);
});

it('reads whose socket it is from the table of the kernel', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1D13 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0
   1: 0100007F:D2F0 0100007F:1D13 01 00000000:00000000 00:00000000 00000000  1000        0 2 1 0`;
  const far = { address: '127.0.0.1', port: 7443 };
  expect(ownerIn(table, { address: '127.0.0.1', port: 54000 }, far)).toBe(1000);
  expect(ownerIn(table, { address: '127.0.0.1', port: 54001 }, far)).toBeUndefined();
  expect(ownerIn(table, { address: '127.0.0.2', port: 54000 }, far)).toBeUndefined();
});
