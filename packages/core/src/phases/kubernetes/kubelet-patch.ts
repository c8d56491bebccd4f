import { defined, type Task } from '@vhive/shared';
import { atLeast } from '../../versions/resolve.ts';
import { acceptsCgroupV1 } from '../kit/cgroup-v1.ts';
import { criSocket, type PhaseContext, type PlanNode } from '../kit/context.ts';
import { task } from '../kit/task.ts';

/** The folder of the patches. It is not below /etc/kubernetes, which kubeadm reset clears. */
const DIRECTORY = '/etc/vhive/kubeadm-patches';

/**
 * Whether kubeadm can patch the configuration of each kubelet (the target kubeletconfiguration), as it can from 1.25
 * on.
 */
const patches = (kubernetes: string) => atLeast(kubernetes, '1.25.0');

/** Returns the sizes that the cluster file sets for every kubelet. */
function sizes({ config }: PhaseContext): Record<string, unknown> {
  const { maxPods, containerLogMaxSize } = config.kubernetes;
  return defined({ maxPods, containerLogMaxSize });
}

/** Returns the fields for the KubeletConfiguration of all nodes, where kubeadm cannot patch that of one node. */
export function unpatchedFields(context: PhaseContext): Record<string, unknown> {
  return patches(context.versions.kubernetes) ? {} : sizes(context);
}

/**
 * Returns what the kubelet of one node is told besides. Its own CRI socket is part of that: the configuration that
 * kubeadm hands out is the same for all nodes, and kubelets are to read the socket from there (KEP-4656).
 * kubeadm applies these patches first and its own instance-config.yaml, which has the socket too, last.
 */
function patchOf(context: PhaseContext, node: PlanNode): Record<string, unknown> {
  const { kubernetes } = context.versions;
  if (!patches(kubernetes)) return {};
  const endpoint = `unix://${criSocket(context, node)}`;
  return {
    ...(atLeast(kubernetes, '1.27.0') ? { containerRuntimeEndpoint: endpoint } : {}),
    ...(acceptsCgroupV1(context, node) ? { failCgroupV1: false } : {}),
    ...sizes(context),
  };
}

/** Returns the folder that kubeadm is told to take patches from, or null where a node's kubelet needs none. */
export function patchesDirectory(context: PhaseContext, node: PlanNode): string | null {
  return Object.keys(patchOf(context, node)).length === 0 ? null : DIRECTORY;
}

/** Makes the task that writes the patch before kubeadm runs. */
export function patchTasks(context: PhaseContext, node: PlanNode): Task[] {
  const patch = patchOf(context, node);
  if (Object.keys(patch).length === 0) return [];
  return [
    task('kubelet-patch', `the kubelet’s own ${Object.keys(patch).join(', ')}`, 'file', {
      state: 'present',
      path: `${DIRECTORY}/kubeletconfiguration+strategic.json`,
      content: `${JSON.stringify(patch, null, 2)}\n`,
    }),
  ];
}
