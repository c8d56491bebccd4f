import ipaddr from 'ipaddr.js';

/** A range of IPv4 addresses. */
export interface Range {
  /** The range as it was written. */
  text: string;
  network: ipaddr.IPv4;
  prefix: number;
}

/** Parses a range such as `10.244.0.0/16`. Returns undefined when the text is not one. */
export function parseRange(text: string): Range | undefined {
  try {
    const [network, prefix] = ipaddr.IPv4.parseCIDR(text);
    return { text, network, prefix };
  } catch {
    return undefined;
  }
}

/** Writes a range with its host bits set to zero. */
export function networkOf({ text, prefix }: Range): string {
  return `${ipaddr.IPv4.networkAddressFromCIDR(text).toString()}/${prefix}`;
}

/** Whether two ranges have an address in common. */
export function overlaps(a: Range, b: Range): boolean {
  const prefix = Math.min(a.prefix, b.prefix);
  return a.network.match(b.network, prefix);
}

/** Whether an address lies in a range. */
export function contains(range: Range, address: string): boolean {
  return ipaddr.IPv4.isValid(address) && ipaddr.IPv4.parse(address).match(range.network, range.prefix);
}

/** Returns the address with a number in a range, where 0 is that of the network itself. */
export function addressAt(range: string, number: number): string {
  const [a = 0, b = 0, c = 0, d = 0] = ipaddr.IPv4.networkAddressFromCIDR(range).octets;
  const value = ((a * 256 + b) * 256 + c) * 256 + d + number;
  return [24, 16, 8, 0].map((bits) => Math.floor(value / 2 ** bits) % 256).join('.');
}
