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
