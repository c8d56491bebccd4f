import type { NodeView } from '@vhive/shared';
import { contains, parseRange, type Range } from './ranges.ts';

/** What is looked at of a node. */
export type AddressedNode = Pick<NodeView, 'name' | 'address' | 'facts'>;

/** Interfaces that container networks make: their addresses are the pods' own. */
const virtual = /^(cni|docker|br-|veth|cali|tunl|vxlan|flannel|kube-|nodelocaldns|lo$)/;

/** What vHive's legacy branch gives its bridges br0 and br1: names that a machine's own bridges have too. */
const legacyBridges: ReadonlySet<string> = new Set(['190.128.0.1/10', '191.128.0.1/10']);

/** Networks a node is in: those of its interfaces, and its address in any case. */
export function networksOf({ address, facts }: AddressedNode): Range[] {
  const real = facts.interfaces
    .filter(({ name }) => !virtual.test(name))
    .flatMap(({ addresses }) => addresses.filter((text) => !legacyBridges.has(text)));
  return [...real, `${address}/32`].flatMap((text) => parseRange(text) ?? []);
}

/** The network in which a node's own address lies; undefined where no interface tells. */
export function lanOf(node: AddressedNode): Range | undefined {
  return networksOf(node).find((range) => range.prefix < 32 && contains(range, node.address));
}
