import ipaddr from 'ipaddr.js';
import { type AddressedNode, lanOf } from './node-networks.ts';
import { contains, parseRange, type Range } from './ranges.ts';
import { reservedRanges } from './reserved-ranges.ts';

/** The pool that the vHive guides use. */
export const DEFAULT_POOL = '192.168.1.240-192.168.1.250';

/** The greatest number of addresses that are taken from a LAN. */
const POOL_SIZE = 11;

/**
 * The number of addresses at the end of a LAN that are left alone: its broadcast address and those that routers often
 * have.
 */
const LEFT_AT_END = 5;

/** A pool of addresses, with its first and last address as numbers. */
export interface Pool {
  text: string;
  first: number;
  last: number;
}

const numberOf = (address: string) => ipaddr.IPv4.parse(address).octets.reduce((sum, octet) => sum * 256 + octet, 0);
const textOf = (value: number) => [24, 16, 8, 0].map((bits) => Math.floor(value / 2 ** bits) % 256).join('.');

/**
 * Reads a pool such as `192.168.1.240-192.168.1.250` or `10.200.3.0/28`. Returns undefined when the text is neither, or
 * when the pool ends before it begins.
 */
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

/** Says what the addresses of a pool are that no load balancer can have. Returns undefined where there are none. */
export function reservedInPool(pool: Pool): string | undefined {
  return reservedRanges.find(({ range }) => poolOverlaps(pool, range))?.what;
}

/** Whether the whole of a pool lies in a range. */
export function poolWithin(pool: Pool, range: Range): boolean {
  const { first, last } = boundsOf(range);
  return first <= pool.first && pool.last <= last;
}

/** Whether an address is in a pool. */
export function inPool(pool: Pool, address: string): boolean {
  if (!ipaddr.IPv4.isValidFourPartDecimal(address)) return false;
  const value = numberOf(address);
  return pool.first <= value && value <= pool.last;
}

/**
 * Chooses the addresses that MetalLB may give away. They are `asked` where that is given. Else they are the guides'
 * pool where it lies in the control plane's LAN, or the end of that LAN when it is a private one (in a public one the
 * addresses belong to others); either must be clear of nodes and of `avoid`. Else they are the guides' pool, which then
 * works from the nodes only.
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

/** Finds the last stretch of a LAN that fits, as long as possible. */
function endOf(lan: Range, fits: (pool: Pool) => boolean): string | undefined {
  const { first, last } = boundsOf(lan);
  for (let size = POOL_SIZE; size > 0; size--)
    for (let end = last - LEFT_AT_END; end - size >= first; end--) {
      const pool = { text: `${textOf(end - size + 1)}-${textOf(end)}`, first: end - size + 1, last: end };
      if (fits(pool)) return pool.text;
      // When the end of a large LAN is full of nodes, it is not worth looking through all of it.
      if (last - end > 4096) break;
    }
  return undefined;
}
