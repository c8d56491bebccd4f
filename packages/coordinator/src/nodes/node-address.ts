import type { Facts } from '@vhive/shared';
import ipaddr from 'ipaddr.js';

/**
 * Chooses the address of a node for cluster traffic: its first address inside `lan` (a CIDR), otherwise the address it
 * enrolled from unless that is loopback, otherwise the source address of its default route.
 */
export function nodeAddress(facts: Facts, enrolledFrom: string, lan: string | undefined): string {
  const onLan = lan === undefined ? undefined : facts.interfaces.flatMap(plainAddresses).find((a) => inNetwork(a, lan));
  if (onLan !== undefined) return onLan;
  if (!isLoopback(enrolledFrom)) return enrolledFrom;
  // What an agent says of itself is text, and an address goes into units and files of other nodes.
  const { defaultAddress } = facts;
  return defaultAddress !== undefined && ipaddr.isValid(defaultAddress) ? defaultAddress : enrolledFrom;
}

/**
 * Returns the addresses that count as one where what one host may ask is limited: an IPv4 address by itself, and the /64
 * network of an IPv6 address, because a host may have all addresses of it.
 */
export function addressGroup(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const ip = ipaddr.process(address);
  return ip.kind() === 'ipv4' ? ip.toString() : ip.toByteArray().slice(0, 8).join('.');
}

/** Returns whether a node has this address: on one of its interfaces, or as the one from which it enrolled. */
export function hasAddress(
  { facts, address: enrolledFrom }: { facts: Facts; address: string },
  address: string,
): boolean {
  const wanted = normalAddress(address);
  return wanted === enrolledFrom || facts.interfaces.some((card) => plainAddresses(card).includes(wanted));
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
