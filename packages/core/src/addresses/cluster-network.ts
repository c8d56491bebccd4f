import { type Finding, type NodeView, VhiveError } from '@vhive/shared';
import ipaddr from 'ipaddr.js';
import { isContainerInterface } from './node-networks.ts';
import { contains, networkOf, parseRange, type Range } from './ranges.ts';

/** The fields of a node that the choice looks at. */
export type ConnectedNode = Pick<NodeView, 'name' | 'address' | 'facts' | 'local'>;

/** The nodes with their addresses on the network of the cluster. */
export interface ClusterNetwork<N extends ConnectedNode> {
  nodes: N[];
  /** What an operator has to know of the choice. */
  findings: Finding[];
}

/** An IPv4 address of a node, on the network in which it lies. */
interface Card {
  address: string;
  range: Range;
}

/** Returns the IPv4 addresses of the interfaces of a node that are up and that no container network made. */
function cardsOf({ facts }: Pick<ConnectedNode, 'facts'>): Card[] {
  return facts.interfaces
    .filter(({ name, up }) => up && !isContainerInterface(name))
    .flatMap(({ addresses }) => addresses)
    .flatMap((text) => {
      const range = parseRange(text);
      return range === undefined ? [] : [{ address: text.split('/')[0] ?? '', range }];
    });
}

/** Returns a node's address on a network, its own before others; undefined where it is not on it. */
function addressOn(node: ConnectedNode, network: Range): string | undefined {
  const there = cardsOf(node).filter(({ address }) => contains(network, address));
  return (there.find(({ address }) => address === node.address) ?? there[0])?.address;
}

const withAddress = <N extends ConnectedNode>(node: N, address: string | undefined): N =>
  address === undefined ? node : { ...node, address };

/**
 * Chooses the network of all traffic of the cluster, once for all nodes, and gives each node its address on it. The
 * network is `lan` where that is given. Else it is the one over which the agents came, as long as every node is on it,
 * or the only one that every node is on. Nodes without any common network keep their addresses, which are then routed.
 * Throws a VhiveError with the code `preflight` where a node is not on `lan`, and where several networks are equally
 * good.
 * @param lan a range of IPv4 addresses, such as 10.10.1.0/24
 */
export function chooseNetwork<N extends ConnectedNode>(nodes: readonly N[], lan?: string): ClusterNetwork<N> {
  const reachable = nodes.map((node) => (ipaddr.IPv4.isValid(node.address) ? node : withAddress(node, ipv4Of(node))));
  if (lan !== undefined) return { nodes: onAskedNetwork(reachable, lan), findings: [] };
  if (reachable.length < 2) return { nodes: reachable, findings: [] };
  const common = commonNetworks(reachable);
  const chosen = bestOf(common, reachable);
  if (chosen === undefined) return { nodes: reachable, findings: routed(reachable) };
  const others = common.filter((range) => range !== chosen).map(networkOf);
  return {
    nodes: reachable.map((node) => withAddress(node, addressOn(node, chosen))),
    findings:
      others.length === 0
        ? []
        : [
            {
              check: 'network',
              level: 'warning',
              message: `traffic of the cluster goes over ${networkOf(chosen)}, by which the nodes came; all of them are also on ${others.join(', ')}`,
              hint: `to choose: --lan ${others[0]}, or --lan ${networkOf(chosen)} to keep it`,
            },
          ],
  };
}

/** Finds an IPv4 address for a node that came over IPv6: that of its default route, else the first of its interfaces. */
function ipv4Of(node: ConnectedNode): string | undefined {
  const { defaultAddress } = node.facts;
  if (defaultAddress !== undefined && ipaddr.IPv4.isValid(defaultAddress)) return defaultAddress;
  return cardsOf(node)[0]?.address;
}

function onAskedNetwork<N extends ConnectedNode>(nodes: readonly N[], lan: string): N[] {
  const network = parseRange(lan);
  if (network === undefined)
    throw new VhiveError({
      code: 'usage',
      message: `--lan ${lan} is not a range of IPv4 addresses: the traffic of a vHive cluster is IPv4`,
      hint: 'such as --lan 10.10.1.0/24',
    });
  const outside = nodes.filter((node) => addressOn(node, network) === undefined);
  if (outside.length === 0) return nodes.map((node) => withAddress(node, addressOn(node, network)));
  const common = commonNetworks(nodes).map(networkOf);
  throw new VhiveError({
    code: 'preflight',
    message:
      outside.length === nodes.length
        ? `no node has an address on --lan ${lan}`
        : `--lan ${lan}: ${outside.map((node) => `${node.name} is not on it (${addressesOf(node)})`).join(', ')}`,
    hint:
      common.length === 0
        ? 'is the network card up on these nodes? ip -br address'
        : `is the network card up on these nodes? All nodes are on ${common.join(' and ')}`,
  });
}

const addressesOf = (node: ConnectedNode) =>
  cardsOf(node)
    .map(({ range }) => range.text)
    .join(', ') || 'no address';

/**
 * Returns the networks that every node is on. A network on which two nodes have the same address is none between them:
 * each host has one of its own, such as that of its virtual machines.
 */
function commonNetworks(nodes: readonly ConnectedNode[]): Range[] {
  const [first] = nodes;
  if (first === undefined) return [];
  const candidates = new Map(cardsOf(first).map(({ range }) => [networkOf(range), range]));
  return [...candidates.values()].filter((network) => {
    const same = nodes.map(
      (node) => cardsOf(node).find(({ range }) => networkOf(range) === networkOf(network))?.address,
    );
    return same.every((address) => address !== undefined) && new Set(same).size === nodes.length;
  });
}

/**
 * Returns the best of the networks that are common to all nodes. The coordinator's own host is not asked, because its
 * agent comes over loopback.
 */
function bestOf(common: readonly Range[], nodes: readonly ConnectedNode[]): Range | undefined {
  const remote = nodes.filter(({ local }) => !local);
  const came = common.filter((network) => remote.some(({ address }) => contains(network, address)));
  const [only, ...more] = came.length > 0 ? came : common;
  if (only === undefined || more.length === 0) return only;
  const choices = [only, ...more].map(networkOf);
  throw new VhiveError({
    code: 'preflight',
    message: `the nodes came over different networks, and all of them are on ${choices.join(' and ')}: which one is the cluster's?`,
    hint: choices.map((network) => `--lan ${network}`).join(' or '),
  });
}

function routed(nodes: readonly ConnectedNode[]): Finding[] {
  const [first, ...others] = nodes;
  const networks = new Set([first, ...others].map((node) => node && networkAround(node)));
  if (networks.size < 2 && !networks.has(undefined)) return [];
  return [
    {
      check: 'network',
      level: 'warning',
      message: `no network is common to all nodes; their addresses must be routed: ${someAddresses(nodes)}`,
      hint: 'if they are to be on one network: --lan <cidr>',
    },
  ];
}

const networkAround = (node: ConnectedNode) => {
  const card = cardsOf(node).find(({ address }) => address === node.address);
  return card && networkOf(card.range);
};

function someAddresses(nodes: readonly ConnectedNode[]): string {
  const shown = nodes.slice(0, 3).map(({ name, address }) => `${name} ${address}`);
  return nodes.length > 3 ? `${shown.join(', ')} and ${nodes.length - 3} more` : shown.join(', ');
}
