import { networkInterfaces } from 'node:os';
import { VhiveError } from '@vhive/shared';
import ipaddr from 'ipaddr.js';

/**
 * Returns the CIDR of the network for cluster traffic. `lan` is such a CIDR already, or it is the name of an interface
 * of this host. Throws code `usage` when there is no such interface or when it has no IPv4 address.
 */
export function lanCidr(lan: string): string {
  if (ipaddr.isValidCIDR(lan)) return lan;
  const interfaces = networkInterfaces();
  const address = interfaces[lan]?.find((candidate) => candidate.family === 'IPv4')?.cidr;
  if (address) return address;
  throw new VhiveError({
    code: 'usage',
    message: `--lan ${lan}: this host has no interface of that name with an IPv4 address, and it is no CIDR`,
    hint: `interfaces here: ${Object.keys(interfaces).join(', ')}; or give the network, such as 10.10.1.0/24`,
  });
}
