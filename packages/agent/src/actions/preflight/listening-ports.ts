import { ignoring } from '@vhive/base/ignoring';
import type { Host } from '../../host/host.ts';

/** The process that listens on a TCP port. */
export interface PortOwner {
  port: number;
  /** The id of the process; undefined when none could be found, because it is in another container. */
  pid?: number;
  /** The name of the process as the kernel keeps it, with at most 15 characters. */
  process?: string;
}

/** The state of a listening socket: TCP_LISTEN of net/tcp_states.h, as /proc/net/tcp prints it. */
const LISTEN = '0A';

/** Reads the listening sockets of a /proc/net/tcp table: the inodes of the sockets, by port. */
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
    // The process may end while it is looked at.
    for (const descriptor of await host.list(`/proc/${pid}/fd`).catch(() => [])) {
      const link = await host.readLink(`/proc/${pid}/fd/${descriptor}`).catch(ignoring('it was closed meanwhile'));
      const inode = /^socket:\[(\d+)\]$/.exec(link ?? '')?.[1];
      if (inode === undefined || !inodes.has(inode) || owners.has(inode)) continue;
      const name = (await host.readFile(`/proc/${pid}/comm`).catch(ignoring('the process has ended meanwhile')))
        ?.toString()
        .trim();
      owners.set(inode, { pid: Number(pid), process: name ?? 'unknown' });
      if (owners.size === inodes.size) return owners;
    }
  }
  return owners;
}

/** Returns those of the ports on which something listens on any address, with the process that does. */
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
