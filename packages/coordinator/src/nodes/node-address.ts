import type { Facts } from '@vhive/shared';
import ipaddr from 'ipaddr.js';

/**
 * The address of a node for cluster traffic: its first address inside `lan` (a CIDR), else the one it enrolled from
 * unless that is loopback, else the source address of its default route.
 */
export function nodeAddress(facts: Facts, enrolledFrom: string, lan: string | undefined): string {
  const onLan = lan === undefined ? undefined : facts.interfaces.flatMap(plainAddresses).find((a) => inNetwork(a, lan));
  if (onLan !== undefined) return onLan;
  return isLoopback(enrolledFrom) ? (facts.defaultAddress ?? enrolledFrom) : enrolledFrom;
}

/** True when `address` lies in the CIDR `network`. Text that is neither gives false. */
export function inNetwork(address: string, network: string): boolean {
  if (!ipaddr.isValid(address) || !ipaddr.isValidCIDR(network)) return false;
  // process: an IPv4 client of a dual-stack socket appears as ::ffff:a.b.c.d
  const ip = ipaddr.process(address);
  const [base, bits] = ipaddr.parseCIDR(network);
  return ip.kind() === base.kind() && ip.match(base, bits);
}

/** The usual form of an address: IPv4 inside IPv6 becomes IPv4. Other text stays as it is. */
export function normalAddress(address: string): string {
  return ipaddr.isValid(address) ? ipaddr.process(address).toString() : address;
}

function isLoopback(address: string): boolean {
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback';
}

function plainAddresses(card: Facts['interfaces'][number]): string[] {
  return card.up ? card.addresses.map((address) => address.split('/')[0] ?? '') : [];
}
