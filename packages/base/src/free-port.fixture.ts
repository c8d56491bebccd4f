import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';

const LOWEST = 10_000;

/**
 * Returns a TCP port on which nobody listens, also not on the ports up to `following` above it, and which nobody gets who
 * asks the same way, in this process or another, until this process ends: a test stops its server and starts it again on
 * the port. The port lies below those that the kernel gives to outgoing connections and to whoever listens on port 0,
 * or one of these could take it in the meantime.
 */
export async function freePort(following = 0): Promise<number> {
  const range = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
  const end = Number.parseInt(range, 10) - following;
  if (!(end > LOWEST)) throw new Error(`no port from ${LOWEST} to the first of the kernel's own (${range.trim()})`);
  for (let attempt = 0; attempt < 1_000; attempt++) {
    const port = LOWEST + Math.floor(Math.random() * (end - LOWEST));
    if (await isOurs(port, following)) return port;
  }
  throw new Error(`no free port from ${LOWEST} to ${end}`);
}

async function isOurs(port: number, following: number): Promise<boolean> {
  for (let next = port; next <= port + following; next++)
    if (!(await claim(next)) || !(await isFree(next))) return false;
  return true;
}

/** Takes the socket that stands for this port among all tests of this machine. The kernel gives it back at our end. */
async function claim(port: number): Promise<boolean> {
  const claimed = await listening(createServer(), { path: `\0vhive-test-port-${port}` });
  claimed?.unref();
  return claimed !== undefined;
}

async function isFree(port: number): Promise<boolean> {
  const server = await listening(createServer(), { port });
  if (server === undefined) return false;
  server.close();
  await once(server, 'close');
  return true;
}

async function listening(server: Server, where: { path: string } | { port: number }): Promise<Server | undefined> {
  try {
    server.listen(where);
    await once(server, 'listening');
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
}
