import type { ClusterConfig } from '@vhive/shared';
import { microVmRanges } from '../addresses/microvm-ranges.ts';
import { dockerNetworksOf, lanOf, networksOf } from '../addresses/node-networks.ts';
import { maxPodsOf, nodePrefix, podsIn, prefixFor } from '../addresses/node-prefix.ts';
import { contains, networkOf, overlaps, parseRange, type Range } from '../addresses/ranges.ts';
import { reservedIn } from '../addresses/reserved-ranges.ts';
import { features } from '../features.ts';
import type { CheckedNode } from './checked-node.ts';
import type { Problem } from './problem.ts';

/** kube-controller-manager cuts a range into at most 2^16 parts. */
const MAX_PARTS_BITS = 16;

/**
 * The prefix lengths that a range of services may have: kube-apiserver refuses ranges larger than /12, and kubeadm
 * needs room for its own services.
 */
const SERVICE_PREFIXES = { shortest: 12, longest: 27 };

/**
 * The greatest number of nodes for the bridge network. With more of them, N routes on each of N nodes are no longer
 * reasonable.
 */
const MAX_BRIDGE_NODES = 200;

/** Reports ranges that overlap, are malformed or too small, and pod networks that the LAN of the nodes cannot carry. */
export function rangeProblems(config: ClusterConfig, nodes: readonly CheckedNode[]): Problem[] {
  const { podCidr, serviceCidr } = config.network;
  const named = [
    { field: 'network.podCidr', text: podCidr },
    { field: 'network.serviceCidr', text: serviceCidr },
    ...microVmRanges(config),
  ];
  const malformed = named.flatMap(({ field, text }) => malformedRange(field, text));
  const pods = parseRange(podCidr);
  const services = parseRange(serviceCidr);
  if (pods === undefined || services === undefined) return malformed;
  const ranges = named.flatMap(({ field, text }) => {
    const range = parseRange(text);
    return range === undefined ? [] : [{ field, range }];
  });
  return [
    ...malformed,
    ...lanProblems(config),
    ...ranges.flatMap((later, index) => ranges.slice(0, index).flatMap((earlier) => between(earlier, later))),
    ...ranges.flatMap(({ field, range }) => withLans(field, range, config, nodes)),
    ...ranges.flatMap(({ field, range }) => withDocker(field, range, nodes)),
    ...podRangeProblems(pods, config, nodes),
    ...serviceRangeProblems(services),
    ...bridgeLan(config, nodes),
  ];
}

function malformedRange(field: string, text: string): Problem[] {
  const range = parseRange(text);
  if (range === undefined)
    return [{ code: 'usage', field, message: `${text} is not an IPv4 range`, fix: 'write one such as 10.244.0.0/16' }];
  const network = networkOf(range);
  const reserved = reservedIn(range);
  if (reserved !== undefined)
    return [
      { code: 'usage', field, message: `${text} has ${reserved}`, fix: 'use a private range, such as 10.244.0.0/16' },
    ];
  if (network === text) return [];
  return [{ code: 'usage', field, message: `${text} has bits set outside its prefix`, fix: `write ${network}` }];
}

/** Reports a LAN that no host can be in. It may be of loopback addresses, on which simulated hosts are. */
function lanProblems({ lan = '' }: ClusterConfig): Problem[] {
  const range = parseRange(lan);
  const reserved = range?.prefix === 0 ? 'all addresses there are' : range && reservedIn(range);
  if (reserved === undefined || /^(loopback|link-local)/.test(reserved)) return [];
  return [{ code: 'usage', field: 'lan', message: `${lan} has ${reserved}`, fix: 'write one such as 10.10.1.0/24' }];
}

interface NamedRange {
  field: string;
  range: Range;
}

function between(earlier: NamedRange, later: NamedRange): Problem[] {
  if (!overlaps(earlier.range, later.range)) return [];
  return [
    {
      code: 'usage',
      field: later.field,
      otherField: earlier.field,
      message: `${later.range.text} overlaps with ${earlier.field} ${earlier.range.text}: an address must not mean two things`,
      fix: 'choose ranges apart, such as 10.244.0.0/16 for pods and 10.96.0.0/16 for services',
    },
  ];
}

function withLans(field: string, range: Range, config: ClusterConfig, nodes: readonly CheckedNode[]): Problem[] {
  const problem = (text: string, whose: string): Problem => ({
    code: 'usage',
    field,
    message: `${range.text} overlaps with ${text}, ${whose}: traffic for those hosts would go astray`,
    fix: `choose another range for ${field}`,
  });
  const lan = config.lan === undefined ? undefined : parseRange(config.lan);
  if (lan !== undefined && overlaps(lan, range)) return [problem(lan.text, 'the LAN')];
  const lans = new Map<string, string[]>();
  for (const node of nodes)
    for (const network of networksOf(node))
      if (overlaps(network, range)) lans.set(networkOf(network), [...(lans.get(networkOf(network)) ?? []), node.name]);
  return [...lans].map(([network, names]) => problem(network, `a network of ${someOf(names)}`));
}

/** Reports a range that Docker uses for its own containers on some nodes. */
function withDocker(field: string, range: Range, nodes: readonly CheckedNode[]): Problem[] {
  const found = new Map<string, string[]>();
  for (const node of nodes)
    for (const { name, range: theirs } of dockerNetworksOf(node)) {
      const network = `${name} (${networkOf(theirs)})`;
      if (overlaps(theirs, range)) found.set(network, [...(found.get(network) ?? []), node.name]);
    }
  return [...found].map(([network, names]) => ({
    code: 'preflight',
    field,
    message: `${range.text} overlaps with Docker's network ${network} on ${someOf(names)}: traffic would go astray between the two`,
    fix: `${freeChoice(field, nodes)}; or, where nobody needs Docker there: systemctl disable --now docker.service docker.socket && ip link delete ${network.split(' ')[0]}`,
  }));
}

/** Names a value for the field of a range that is in the way: for the prefix of microVMs, one that no node uses. */
function freeChoice(field: string, nodes: readonly CheckedNode[]): string {
  if (!field.startsWith('firecracker.')) return `choose another range for ${field}`;
  const taken = nodes.flatMap((node) => [...networksOf(node), ...dockerNetworksOf(node).map(({ range }) => range)]);
  const free = Array.from({ length: 12 }, (_, index) => `172.${20 + index}`).filter((prefix) => {
    const range = parseRange(`${prefix}.0.0/16`);
    return range !== undefined && !taken.some((network) => overlaps(network, range));
  });
  const choice = field === 'firecracker.clonePrefix' ? free[1] : free[0];
  return choice === undefined ? `choose another ${field}` : `set ${field}: '${choice}' in the cluster file`;
}

function podRangeProblems(pods: Range, config: ClusterConfig, nodes: readonly CheckedNode[]): Problem[] {
  const count = Math.max(config.nodes ?? 1, nodes.length);
  const maxPods = maxPodsOf(config);
  const prefix = nodePrefix(config);
  const room = pods.prefix > prefix ? 0 : 2 ** (prefix - pods.prefix);
  const why = maxPods === undefined ? '' : ` for kubernetes.maxPods ${maxPods}`;
  const problems: Problem[] = [];
  if (room < count)
    problems.push({
      code: 'usage',
      field: 'network.podCidr',
      otherField: 'nodes',
      message: `${pods.text} has room for ${room} nodes, not for ${count}: each gets a /${prefix}${why}`,
      fix: `use a prefix of /${prefix - Math.ceil(Math.log2(count))} or shorter`,
    });
  if (prefix - pods.prefix > MAX_PARTS_BITS)
    problems.push({
      code: 'usage',
      field: 'network.nodePrefix',
      otherField: 'network.podCidr',
      message: `${pods.text} cannot be cut into ranges of /${prefix}: Kubernetes makes at most 2^${MAX_PARTS_BITS} of them`,
      fix: `use a podCidr of /${prefix - MAX_PARTS_BITS} or longer`,
    });
  if (maxPods !== undefined && podsIn(prefix) < maxPods)
    problems.push({
      code: 'usage',
      field: 'kubernetes.maxPods',
      otherField: 'network.nodePrefix',
      message: `a node's /${prefix} has addresses for ${podsIn(prefix)} pods, not for ${maxPods}`,
      fix: `leave network.nodePrefix out, or set it to ${prefixFor(maxPods)}`,
    });
  return problems;
}

function serviceRangeProblems(services: Range): Problem[] {
  const { shortest, longest } = SERVICE_PREFIXES;
  if (services.prefix >= shortest && services.prefix <= longest) return [];
  return [
    {
      code: 'usage',
      field: 'network.serviceCidr',
      message: `${services.text}: Kubernetes takes ranges of services between /${shortest} and /${longest}`,
      fix: 'such as 10.96.0.0/16',
    },
  ];
}

/**
 * Reports nodes that the bridge network cannot reach: routes by way of other nodes' addresses work only within one LAN.
 */
function bridgeLan(config: ClusterConfig, nodes: readonly CheckedNode[]): Problem[] {
  if (features(config).calico) return [];
  const field = 'network.plugin';
  const fix = 'use calico';
  const count = Math.max(config.nodes ?? 1, nodes.length);
  if (count > MAX_BRIDGE_NODES)
    return [{ code: 'usage', field, message: `bridge is for up to ${MAX_BRIDGE_NODES} nodes, not ${count}`, fix }];
  const first = nodes[0];
  const lan = first === undefined ? undefined : lanOf(first);
  if (lan === undefined) return [];
  const outside = nodes.filter((node) => !contains(lan, node.address)).map((node) => node.name);
  if (outside.length === 0) return [];
  return [
    {
      code: 'preflight',
      field,
      message: `bridge needs all nodes in one LAN: ${someOf(outside)} is not in ${networkOf(lan)}`,
      fix: 'use calico, or choose the common network with --lan',
    },
  ];
}

function someOf(names: readonly string[]): string {
  return names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
}
