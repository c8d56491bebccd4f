import type { NodeView } from '@vhive/shared';
import { contains, parseRange, type Range } from './ranges.ts';

/** The fields of a node that the functions here look at. */
export type AddressedNode = Pick<NodeView, 'name' | 'address' | 'facts'>;

/** The names of the networks of Docker: the usual one, those of `docker network create`, and that of a swarm. */
const docker = /^(docker\d*|docker_gwbridge|br-[0-9a-f]{12})$/;
/** The names of interfaces that container networks make. Their addresses belong to the pods. */
const virtual = /^(cni|veth|cali|tunl|vxlan|flannel|kube-|nodelocaldns|lo$)/;

/** Whether an interface has the name of one that a container network made, so that no other host is behind it. */
export const isContainerInterface = (name: string) => virtual.test(name) || docker.test(name);

/**
 * The addresses that vHive's legacy branch gives its bridges br0 and br1. Their names tell nothing, because a machine's
 * own bridges may have the same ones.
 */
const legacyBridges: ReadonlySet<string> = new Set(['190.128.0.1/10', '191.128.0.1/10']);

/** Returns the networks that a node is in: those of its interfaces, and its own address in any case. */
export function networksOf({ address, facts }: AddressedNode): Range[] {
  const real = facts.interfaces
    .filter(({ name }) => !isContainerInterface(name))
    .flatMap(({ addresses }) => addresses.filter((text) => !legacyBridges.has(text)));
  return [...real, `${address}/32`].flatMap((text) => parseRange(text) ?? []);
}

/** Returns the network in which a node's own address lies, or undefined where no interface has it. */
export function lanOf(node: AddressedNode): Range | undefined {
  return networksOf(node).find((range) => range.prefix < 32 && contains(range, node.address));
}

/** Returns the networks that Docker has made on a node, with the names of their interfaces. */
export function dockerNetworksOf({ facts }: Pick<AddressedNode, 'facts'>): { name: string; range: Range }[] {
  return facts.interfaces
    .filter(({ name }) => docker.test(name))
    .flatMap(({ name, addresses }) =>
      addresses.flatMap((text) => parseRange(text) ?? []).map((range) => ({ name, range })),
    );
}
