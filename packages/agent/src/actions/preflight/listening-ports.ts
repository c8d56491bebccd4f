import type { Host } from '../../host/host.ts';

/** Who listens on a TCP port. */
export interface PortOwner {
  port: number;
  /** undefined when no process could be found (it lives in another container). */
  pid?: number;
  /** Name of the process, at most 15 characters, as the kernel keeps it. */
  process?: string;
}

/** TCP_LISTEN of net/tcp_states.h, as /proc/net/tcp prints it. */
const LISTEN = '0A';

/** Listening sockets of a /proc/net/tcp table: port to socket inodes. */
export function parseListening(table: string): Map<number, string[]> {
  const ports = new Map<number, string[]>();
  for (const line of table.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [, local, , state] = fields;
    const inode = fields[9];
    if (state !== LISTEN || local === undefined || inode === undefined) continue;
    const port = Number.parseInt(local.split(':').at(-1) ?? '', 16);
    ports.set(port, [...(ports.get(port) ?? []), inode]);
  }
  return ports;
}

async function ownersOf(host: Host, inodes: Set<string>): Promise<Map<string, { pid: number; process: string }>> {
  const owners = new Map<string, { pid: number; process: string }>();
  for (const pid of (await host.list('/proc')).filter((name) => /^\d+$/.test(name))) {
    // A process may end while we look.
    for (const descriptor of await host.list(`/proc/${pid}/fd`).catch(() => [])) {
      const link = await host.readLink(`/proc/${pid}/fd/${descriptor}`).catch(() => undefined);
      const inode = /^socket:\[(\d+)\]$/.exec(link ?? '')?.[1];
      if (inode === undefined || !inodes.has(inode) || owners.has(inode)) continue;
      const name = (await host.readFile(`/proc/${pid}/comm`).catch(() => undefined))?.toString().trim();
      owners.set(inode, { pid: Number(pid), process: name ?? 'unknown' });
      if (owners.size === inodes.size) return owners;
    }
  }
  return owners;
}

/** Those of the ports on which something listens, on any address. */
export async function listeningPorts(host: Host, ports: readonly number[]): Promise<PortOwner[]> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((path) => host.readFile(path)));
  const inodesByPort = new Map<number, string[]>();
  for (const table of tables)
    for (const [port, inodes] of parseListening(table?.toString() ?? ''))
      if (ports.includes(port)) inodesByPort.set(port, [...(inodesByPort.get(port) ?? []), ...inodes]);
  if (inodesByPort.size === 0) return [];
  const owners = await ownersOf(host, new Set([...inodesByPort.values()].flat()));
  return [...inodesByPort].flatMap(([port, inodes]) => {
    const found = inodes.flatMap((inode) => owners.get(inode) ?? []);
    return found.length > 0 ? found.map((owner) => ({ port, ...owner })) : [{ port }];
  });
}
