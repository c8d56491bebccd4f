import { createSocket } from 'node:dgram';
import { readdir } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import type { Facts } from '@vhive/shared';
import { readText } from './read-text.ts';

/** The flag of an interface that is up: IFF_UP of linux/if.h. */
const IFF_UP = 1;

/** Returns all network interfaces except loopback, including those without an address. */
export async function interfaces(): Promise<Facts['interfaces']> {
  const known = networkInterfaces();
  const names = new Set([...(await readdir('/sys/class/net').catch(() => [])), ...Object.keys(known)]);
  names.delete('lo');
  const all = await Promise.all(
    [...names].sort().map(async (name) => {
      const flags = await readText(`/sys/class/net/${name}/flags`);
      const mac = (await readText(`/sys/class/net/${name}/address`)) ?? known[name]?.[0]?.mac;
      // bonding_masters and similar entries of the directory are files, not interfaces.
      if (mac === undefined) return [];
      return {
        name,
        mac,
        up: flags === undefined ? known[name] !== undefined : (Number(flags) & IFF_UP) !== 0,
        addresses: (known[name] ?? []).flatMap(({ cidr }) => cidr ?? []),
      };
    }),
  );
  return all.flat();
}

/**
 * Some address outside of every local network, from TEST-NET-3 (RFC 5737). No packet is sent to it; the kernel only
 * chooses a route.
 */
const OUTSIDE = '203.0.113.1';

/** Returns the source address of the default IPv4 route; undefined when there is no such route. */
export function defaultAddress(): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const finish = (address?: string) => {
      socket.close();
      resolve(address);
    };
    socket.once('error', () => finish());
    socket.connect(9, OUTSIDE, () => {
      try {
        finish(socket.address().address);
      } catch {
        finish();
      }
    });
  });
}
