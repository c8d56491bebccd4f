import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';

/** The kernel's tables of TCP sockets of this network namespace (proc_net(5)). */
const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];

/**
 * Whether the other end of a TCP connection is a process of this very host, of root or of this process's own user. The
 * kernel says whose socket it is: an address can be claimed and a machine id can be read by everybody, but the kernel's
 * table has only sockets of this host. Any doubt gives false.
 */
export async function isOfThisHost(socket: Pick<Socket, EndNames>): Promise<boolean> {
  const { remoteAddress, remotePort, localAddress, localPort } = socket;
  if (!remoteAddress || !remotePort || !localAddress || !localPort) return false;
  if (!ownAddresses().has(plain(remoteAddress))) return false;
  const near = { address: plain(remoteAddress), port: remotePort };
  const far = { address: plain(localAddress), port: localPort };
  const uids = await Promise.all(TABLES.map(async (table) => ownerIn(await textOf(table), near, far)));
  return uids.some((uid) => uid !== undefined && (uid === 0 || uid === process.getuid?.()));
}

type EndNames = 'remoteAddress' | 'remotePort' | 'localAddress' | 'localPort';

interface End {
  address: string;
  port: number;
}

/** Returns the user of the socket with these ends, as a table of the kernel says; undefined when it has none. */
export function ownerIn(table: string, near: End, far: End): number | undefined {
  const wanted = [near, far].map(({ port }) => port.toString(16).toUpperCase().padStart(4, '0'));
  for (const line of table.split('\n')) {
    const [, local = '', remote = '', , , , , uid] = line.trim().split(/\s+/);
    if (!local.endsWith(`:${wanted[0]}`) || !remote.endsWith(`:${wanted[1]}`)) continue;
    if (addressOf(local) === near.address && addressOf(remote) === far.address) return Number(uid);
  }
  return undefined;
}

/** Reads the address of an entry: the bytes of each 32-bit word are in the machine's order, here little-endian. */
function addressOf(entry: string): string {
  const hex = entry.split(':')[0] ?? '';
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => [...Buffer.from(word, 'hex').reverse()]);
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0)).toString(16),
  );
  return plain(groups.join(':'));
}

/** Returns an address in one form: without a zone, an IPv4 address inside an IPv6 one as IPv4. */
function plain(address: string): string {
  const text = address.split('%')[0] ?? '';
  if (!text.includes(':')) return text;
  const short = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const mapped = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(short);
  if (mapped === null) return short;
  const [high = 0, low = 0] = mapped.slice(1).map((group) => Number.parseInt(group, 16));
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

function ownAddresses(): Set<string> {
  const addresses = Object.values(networkInterfaces()).flatMap((card) => card ?? []);
  return new Set(addresses.map(({ address }) => plain(address)));
}

async function textOf(file: string): Promise<string> {
  return await readFile(file, 'utf8').catch(() => '');
}
