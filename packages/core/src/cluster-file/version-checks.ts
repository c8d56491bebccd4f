import { type ClusterConfig, nearestKey } from '@vhive/shared';
import semver from 'semver';
import { features } from '../features.ts';
import { acceptsCgroupV1, HOW_TO_BOOT_V2 } from '../phases/kit/cgroup-v1.ts';
import {
  type Catalogue,
  catalogue,
  firstWithoutOldCri,
  oldestKubernetes,
  oldestKubernetesForCalico,
  oldestKubernetesForKnative,
} from '../versions/catalogue.ts';
import { atLeast, minorOf, resolveVersions } from '../versions/resolve.ts';
import type { CheckedNode } from './checked-node.ts';

import type { Problem } from './problem.ts';
import { overridable } from './schema.ts';

const components: Catalogue = catalogue;

/** Reports versions that cannot be, or cannot be together. */
export function versionProblems(config: ClusterConfig, nodes: readonly CheckedNode[]): Problem[] {
  const unknown = unknownComponents(config);
  if (unknown.length > 0) return unknown;
  const incomplete = Object.entries(config.versions)
    .filter(
      ([name, version]) => version !== undefined && !components[name]?.ownCounting && semver.valid(version) === null,
    )
    .map(
      ([name, version]): Problem => ({
        code: 'usage',
        field: `versions.${name}`,
        message: `${version} is not a whole version: downloads are found by all three numbers`,
        fix: `such as ${semver.coerce(version)?.version ?? '1.35.3'}`,
      }),
    );
  return incomplete.length > 0 ? incomplete : [...combinations(config), ...cgroups(config, nodes)];
}

/**
 * Reports names in `versions` that belong to no component. A cluster file cannot have any, but a request to the
 * coordinator may.
 */
function unknownComponents({ versions }: ClusterConfig): Problem[] {
  const known = overridable(components);
  return Object.keys(versions)
    .filter((name) => !known.includes(name))
    .map((name) => {
      const nearest = nearestKey(name, known);
      return {
        code: 'usage',
        field: `versions.${name}`,
        message: 'there is no such component whose version can be chosen',
        fix: nearest === undefined ? `there are ${known.join(', ')}` : `did you mean ${nearest}?`,
      };
    });
}

function combinations(config: ClusterConfig): Problem[] {
  const { kubernetes, containerd, knativeServing } = resolveVersions(config);
  const { legacyVhive, calico, serving } = features(config);
  const problems: Problem[] = [];
  const add = (field: string, message: string, fix: string) =>
    problems.push({ code: 'usage', field, otherField: 'versions.kubernetes', message, fix });
  if (!atLeast(kubernetes, oldestKubernetes))
    add('versions.kubernetes', `Kubernetes ${kubernetes} is older than ${oldestKubernetes}`, 'use a newer one');
  if (calico && !atLeast(kubernetes, oldestKubernetesForCalico))
    add(
      'network.plugin',
      `Calico’s manifest needs the API policy/v1, which Kubernetes ${kubernetes} does not serve yet`,
      `use bridge, or Kubernetes ${oldestKubernetesForCalico} or newer`,
    );
  const oldest = oldestKubernetesForKnative[minorOf(knativeServing)];
  if (serving && oldest !== undefined && !atLeast(kubernetes, oldest))
    add(
      'versions.knativeServing',
      `Knative ${knativeServing} refuses to start on Kubernetes ${kubernetes}: it needs ${oldest}`,
      `use Kubernetes ${oldest} or newer, an older Knative, or knative.enabled: false`,
    );
  // Since 1.26 the kubelet speaks only CRI v1, which containerd has since 1.6.
  if (atLeast(kubernetes, '1.26.0') && !atLeast(containerd, '1.6.0'))
    add('versions.containerd', `Kubernetes ${kubernetes} needs containerd 1.6 or newer`, 'use containerd 1.6 or newer');
  // containerd 2 no longer speaks CRI v1alpha2, the only version that kubelets before 1.23 know.
  if (!atLeast(kubernetes, '1.23.0') && atLeast(containerd, '2.0.0'))
    add(
      'versions.containerd',
      `containerd ${containerd} no longer speaks CRI v1alpha2, the only one Kubernetes ${kubernetes} knows`,
      'use containerd 1.6 or 1.7',
    );
  for (const [name, version] of Object.entries({ kubernetes, containerd }))
    if (legacyVhive && atLeast(version, firstWithoutOldCri[name === 'kubernetes' ? 'kubernetes' : 'containerd']))
      add(
        `versions.${name}`,
        `vHive of ${config.firecracker.vhiveRef} speaks only CRI v1alpha2, which ${name} ${version} does not know any more`,
        `leave versions.${name} out: an older one is the default with this vHive`,
      );
  const { kubeProxyConfiguration, kubeletConfiguration } = config.kubernetes;
  if (kubeProxyConfiguration.mode === 'nftables' && !atLeast(kubernetes, '1.31.0'))
    add(
      'kubernetes.kubeProxyConfiguration.mode',
      `kube-proxy of Kubernetes ${kubernetes} has no nftables mode that is on by default (it came with 1.31)`,
      'use iptables, or Kubernetes 1.31 or newer',
    );
  if (kubeletConfiguration.cgroupDriver !== undefined && kubeletConfiguration.cgroupDriver !== 'systemd')
    add(
      'kubernetes.kubeletConfiguration.cgroupDriver',
      'containerd is set up with systemd’s cgroups; two drivers on one host fight',
      'leave it out, or write systemd',
    );
  return problems;
}

/** Reports hosts with cgroup version 1 where the cluster file wants kubelets to refuse them. */
function cgroups(config: ClusterConfig, nodes: readonly CheckedNode[]): Problem[] {
  const versions = resolveVersions(config);
  const old = nodes.filter((node) => acceptsCgroupV1({ versions }, node)).map(({ name }) => name);
  if (old.length === 0 || config.kubernetes.kubeletConfiguration.failCgroupV1 !== true) return [];
  return [
    {
      code: 'preflight',
      field: 'kubernetes.kubeletConfiguration.failCgroupV1',
      message: `no kubelet would start on ${old.join(', ')}, which ${old.length === 1 ? 'boots' : 'boot'} with cgroup version 1`,
      fix: `${HOW_TO_BOOT_V2}; or leave failCgroupV1 out`,
    },
  ];
}
