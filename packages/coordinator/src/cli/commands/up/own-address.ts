import type { networkInterfaces } from 'node:os';
import type { NodeView } from '@vhive/shared';
import { DEFAULT_HTTPS_PORT } from '@vhive/shared';
import ipaddr from 'ipaddr.js';

/**
 * Returns the address by which other hosts reach this one: the address that the node registry knows of the local node,
 * otherwise the first address in the LAN (a range or the name of an interface), otherwise the first one that is not
 * loopback.
 */
export function ownAddress(
  nodes: readonly Pick<NodeView, 'local' | 'address'>[],
  interfaces: ReturnType<typeof networkInterfaces>,
  lan: string | undefined,
): string {
  const local = nodes.find((node) => node.local && !isLoopback(node.address));
  if (local) return local.address;
  const addresses = Object.entries(interfaces).flatMap(([name, own]) =>
    (own ?? []).filter((one) => !one.internal && one.family === 'IPv4').map(({ address }) => ({ name, address })),
  );
  const inLan = addresses.find(({ name, address }) => name === lan || (lan?.includes('/') && contains(lan, address)));
  return (inLan ?? addresses[0])?.address ?? '127.0.0.1';
}

/** Writes the command that makes another host a node, for a person to type there. */
export function agentCommand(address: string, url: string): string {
  const port = new URL(url).port;
  return `vhive-agent install --coordinator ${address}${port === '' || port === String(DEFAULT_HTTPS_PORT) ? '' : `:${port}`}`;
}

function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

function contains(cidr: string, address: string): boolean {
  if (!ipaddr.IPv4.isValidCIDR(cidr)) return false;
  return ipaddr.IPv4.parse(address).match(ipaddr.IPv4.parseCIDR(cidr));
}
