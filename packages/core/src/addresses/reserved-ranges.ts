import { overlaps, parseRange, type Range } from './ranges.ts';

/** Ranges that no host of a network can have, and what they are: https://www.iana.org/assignments/iana-ipv4-special-registry */
export const reservedRanges: readonly { range: Range; what: string }[] = [
  { text: '0.0.0.0/8', what: 'addresses of no host' },
  { text: '127.0.0.0/8', what: 'loopback addresses, which each host has for itself' },
  { text: '169.254.0.0/16', what: 'link-local addresses, which no router passes on' },
  { text: '224.0.0.0/4', what: 'multicast addresses' },
  { text: '240.0.0.0/4', what: 'addresses that are reserved' },
].flatMap(({ text, what }) => {
  const range = parseRange(text);
  return range === undefined ? [] : [{ range, what }];
});

/**
 * Says what the addresses are that a range has in common with a range that pods, services and gateways cannot have, such
 * as `multicast addresses`. Returns undefined where there are none.
 */
export function reservedIn(range: Range): string | undefined {
  return reservedRanges.find((one) => overlaps(one.range, range))?.what;
}
