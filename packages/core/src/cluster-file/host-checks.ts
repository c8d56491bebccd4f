import type { ClusterConfig } from '@vhive/shared';
import { features } from '../features.ts';
import { smokeImageOnlyAmd64 } from '../phases/kit/smoke-images.ts';
import { atLeast } from '../versions/resolve.ts';
import type { CheckedNode } from './checked-node.ts';
import type { Problem } from './problem.ts';

/** The oldest kernel on which kube-proxy's nftables mode runs: https://kubernetes.io/docs/reference/networking/virtual-ips/ */
const OLDEST_KERNEL_FOR_NFTABLES = '5.13.0';

/**
 * The version of the C library in each release of Debian and Ubuntu, whose packages are called libc6:
 * https://packages.debian.org/libc6, https://packages.ubuntu.com/libc6
 */
const glibc: Readonly<Record<string, string>> = {
  'debian 10': '2.28',
  'debian 11': '2.31',
  'debian 12': '2.36',
  'debian 13': '2.41',
  'ubuntu 18.04': '2.27',
  'ubuntu 20.04': '2.31',
  'ubuntu 22.04': '2.35',
  'ubuntu 24.04': '2.39',
};
const glibcOf = ({ facts: { os } }: CheckedNode) => glibc[`${os.id} ${os.version}`];

/**
 * Reports what of a configuration the nodes cannot do, as their facts tell.
 * @param controlPlane the name of the node that becomes the control plane, once that is known
 */
export function hostProblems(
  config: ClusterConfig,
  nodes: readonly CheckedNode[],
  controlPlane: string | undefined,
): Problem[] {
  return [
    ...nftablesProblems(config, nodes),
    ...buildProblems(config, nodes, controlPlane),
    ...smokeImageProblems(config, functionNodes(nodes, controlPlane)),
  ];
}

/** Returns the nodes that run functions, or all while the control plane is not known. */
function functionNodes(nodes: readonly CheckedNode[], controlPlane: string | undefined): readonly CheckedNode[] {
  return nodes.length === 1 ? nodes : nodes.filter(({ name }) => name !== controlPlane);
}

function nftablesProblems(config: ClusterConfig, nodes: readonly CheckedNode[]): Problem[] {
  if (config.kubernetes.kubeProxyConfiguration.mode !== 'nftables') return [];
  const old = nodes.filter(({ facts }) => !atLeast(facts.kernel, OLDEST_KERNEL_FOR_NFTABLES));
  if (old.length === 0) return [];
  return [
    {
      code: 'preflight',
      field: 'kubernetes.kubeProxyConfiguration.mode',
      message: `kube-proxy’s nftables mode needs Linux 5.13, and ${old.map(({ name, facts }) => `${name} runs ${facts.kernel}`).join(', ')}`,
      fix: 'use iptables, or boot a newer kernel there',
    },
  ];
}

/** Reports nodes whose C library is older than the one that vHive, compiled once for all, is linked with. */
function buildProblems(
  config: ClusterConfig,
  nodes: readonly CheckedNode[],
  controlPlane: string | undefined,
): Problem[] {
  if (!features(config).microVms) return [];
  const builder = nodes.find(({ name }) => name === (config.firecracker.buildNode ?? controlPlane));
  const own = builder && glibcOf(builder);
  if (builder === undefined || own === undefined) return [];
  const runners = functionNodes(nodes, controlPlane).flatMap((node) => {
    const version = glibcOf(node);
    return version === undefined ? [] : [{ name: node.name, os: node.facts.os.name, version }];
  });
  const [oldest] = runners.toSorted(
    (a, b) => Number(atLeast(a.version, b.version)) - Number(atLeast(b.version, a.version)),
  );
  if (oldest === undefined || atLeast(oldest.version, own)) return [];
  return [
    {
      code: 'preflight',
      field: 'firecracker.buildNode',
      message: `vHive is compiled on ${builder.name} (${builder.facts.os.name}, glibc ${own}), and would not start on ${oldest.name} (${oldest.os}, glibc ${oldest.version})`,
      fix: `compile it on the node with the oldest system: firecracker.buildNode: ${oldest.name}`,
    },
  ];
}

function smokeImageProblems(config: ClusterConfig, nodes: readonly CheckedNode[]): Problem[] {
  const { smokeFunction, architectures } = features(config);
  if (!smokeFunction || !smokeImageOnlyAmd64(config)) return [];
  // A node on which the sandbox does not run is refused for that alone.
  const others = nodes.filter(({ facts }) => facts.arch !== 'amd64' && architectures.includes(facts.arch));
  if (others.length === 0) return [];
  return [
    {
      code: 'preflight',
      field: 'ready.image',
      message: `the image of the test function is for amd64 only, and ${others.map(({ name, facts }) => `${name} is ${facts.arch}`).join(', ')}`,
      fix: 'set ready.image to one for these nodes that serves gRPC helloworld.Greeter on port 50051, or ready.smokeTest: false (--no-smoke-test)',
    },
  ];
}
