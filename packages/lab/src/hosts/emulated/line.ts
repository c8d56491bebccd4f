/**
 * Returns the address of loopback at which a host's line to the lab is, in the namespace of the lab's bridge. Each host
 * has one of its own, which follows from its address in the lab's network.
 */
export function lineOf(address: string): string {
  return `127.0.0.${address.split('.').at(-1)}`;
}
