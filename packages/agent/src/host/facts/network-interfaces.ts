import { createSocket } from 'node:dgram';
import { readdir } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import type { Facts } from '@vhive/shared';
import { readText } from './read-text.ts';

/** IFF_UP of linux/if.h. */
const IFF_UP = 1;

/** All interfaces but loopback, also those without an address. */
export async function interfaces(): Promise<Facts['interfaces']> {
  const known = networkInterfaces();
  const names = new Set([...(await readdir('/sys/class/net').catch(() => [])), ...Object.keys(known)]);
  names.delete('lo');
  const all = await Promise.all(
    [...names].sort().map(async (name) => {
      const flags = await readText(`/sys/class/net/${name}/flags`);
      const mac = (await readText(`/sys/class/net/${name}/address`)) ?? known[name]?.[0]?.mac;
      // bonding_masters and the like are files, not interfaces.
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

/** Any address outside: no packet is sent, the kernel only chooses a route. From TEST-NET-3 (RFC 5737). */
const OUTSIDE = '203.0.113.1';

/** The source address of the default route (IPv4), where there is one. */
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
