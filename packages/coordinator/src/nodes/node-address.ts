import type { Facts } from '@vhive/shared';
import ipaddr from 'ipaddr.js';

/**
 * Chooses the address of a node for cluster traffic: its first address inside `lan` (a CIDR), otherwise the address it
 * enrolled from unless that is loopback, otherwise the source address of its default route.
 */
export function nodeAddress(facts: Facts, enrolledFrom: string, lan: string | undefined): string {
  const onLan = lan === undefined ? undefined : facts.interfaces.flatMap(plainAddresses).find((a) => inNetwork(a, lan));
  if (onLan !== undefined) return onLan;
  return isLoopback(enrolledFrom) ? (facts.defaultAddress ?? enrolledFrom) : enrolledFrom;
}

/** Returns whether `address` lies in the CIDR `network`. Text that is no address or no CIDR gives false. */
export function inNetwork(address: string, network: string): boolean {
  if (!ipaddr.isValid(address) || !ipaddr.isValidCIDR(network)) return false;
  // An IPv4 client of a dual-stack socket appears as ::ffff:a.b.c.d; `process` turns that into the IPv4 address.
  const ip = ipaddr.process(address);
  const [base, bits] = ipaddr.parseCIDR(network);
  return ip.kind() === base.kind() && ip.match(base, bits);
}

/**
 * Returns the usual form of an address: an IPv4 address that is written inside an IPv6 one becomes IPv4. Other text
 * stays as it is.
 */
export function normalAddress(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
}

function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

function plainAddresses(card: Facts['interfaces'][number]): string[] {
  return card.up ? card.addresses.map((address) => address.split('/')[0] ?? '') : [];
}
