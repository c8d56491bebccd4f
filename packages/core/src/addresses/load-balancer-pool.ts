import ipaddr from 'ipaddr.js';
import { type AddressedNode, lanOf } from './node-networks.ts';
import { contains, parseRange, type Range } from './ranges.ts';

/** The pool that the vHive guides use. */
export const DEFAULT_POOL = '192.168.1.240-192.168.1.250';

/** How many addresses are taken from a LAN, at most. */
const POOL_SIZE = 11;

/** Addresses at the end of a LAN that are left alone: its broadcast address, and where routers often stand. */
const LEFT_AT_END = 5;

/** First and last address of a pool, as numbers. */
export interface Pool {
  text: string;
  first: number;
  last: number;
}

const numberOf = (address: string) => ipaddr.IPv4.parse(address).octets.reduce((sum, octet) => sum * 256 + octet, 0);
const textOf = (value: number) => [24, 16, 8, 0].map((bits) => Math.floor(value / 2 ** bits) % 256).join('.');

/** Reads `192.168.1.240-192.168.1.250` or `10.200.3.0/28`; undefined when it is neither, or ends before it begins. */
export function parsePool(text: string): Pool | undefined {
  const range = parseRange(text);
  if (range !== undefined) return { text, ...boundsOf(range) };
  const [from = '', to = '', ...more] = text.split('-');
  if (more.length > 0 || !ipaddr.IPv4.isValidFourPartDecimal(from) || !ipaddr.IPv4.isValidFourPartDecimal(to))
    return undefined;
  const [first, last] = [numberOf(from), numberOf(to)];
  return first <= last ? { text, first, last } : undefined;
}

function boundsOf(range: Range): { first: number; last: number } {
  const first = numberOf(ipaddr.IPv4.networkAddressFromCIDR(range.text).toString());
  return { first, last: first + 2 ** (32 - range.prefix) - 1 };
}

/** Whether a pool and a range have an address in common. */
export function poolOverlaps(pool: Pool, range: Range): boolean {
  const { first, last } = boundsOf(range);
  return pool.first <= last && first <= pool.last;
}

/** Whether all of a pool lies in a range. */
export function poolWithin(pool: Pool, range: Range): boolean {
  const { first, last } = boundsOf(range);
  return first <= pool.first && pool.last <= last;
}

/** Whether an address is one of the pool's. */
export function inPool(pool: Pool, address: string): boolean {
  if (!ipaddr.IPv4.isValidFourPartDecimal(address)) return false;
  const value = numberOf(address);
  return pool.first <= value && value <= pool.last;
}

/**
 * The addresses MetalLB may give away: `asked`, else the guides' pool where it lies in the control plane's LAN, else
 * the end of that LAN when it is a private one (in a public one the addresses are others'), clear of nodes and of
 * `avoid`; else the guides' pool, which then works from the nodes only.
 */
export function loadBalancerPool(
  asked: string | undefined,
  controlPlane: AddressedNode,
  nodes: readonly AddressedNode[],
  avoid: readonly string[] = [],
): string {
  if (asked !== undefined) return asked;
  const lan = lanOf(controlPlane);
  const usual = parsePool(DEFAULT_POOL);
  const taken = avoid.flatMap((text) => parseRange(text) ?? []);
  const fits = (pool: Pool) =>
    !nodes.some(({ address }) => inPool(pool, address)) && !taken.some((range) => poolOverlaps(pool, range));
  if (lan === undefined || usual === undefined) return DEFAULT_POOL;
  if (poolWithin(usual, lan) && fits(usual)) return DEFAULT_POOL;
  if (ipaddr.IPv4.parse(controlPlane.address).range() !== 'private' || !contains(lan, controlPlane.address))
    return DEFAULT_POOL;
  return endOf(lan, fits) ?? DEFAULT_POOL;
}

/** The last stretch of a LAN that fits, as long as possible. */
function endOf(lan: Range, fits: (pool: Pool) => boolean): string | undefined {
  const { first, last } = boundsOf(lan);
  for (let size = POOL_SIZE; size > 0; size--)
    for (let end = last - LEFT_AT_END; end - size >= first; end--) {
      const pool = { text: `${textOf(end - size + 1)}-${textOf(end)}`, first: end - size + 1, last: end };
      if (fits(pool)) return pool.text;
      // A large LAN full of nodes at its end is no reason to look through all of it.
      if (last - end > 4096) break;
    }
  return undefined;
}
