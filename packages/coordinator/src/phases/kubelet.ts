import type { Task } from '@vhive/shared';
import { atLeast } from '../versions/resolve.ts';
import { CONTAINERD_SOCKET, type PhaseContext, type PlanNode } from './context.ts';
import { kubernetesStep } from './kubernetes.ts';
import type { Phase } from './phase.ts';
import { nodeStep, stepId } from './step.ts';
import { task } from './task.ts';
import { kubeadmDropIn, kubeletUnit } from './units.ts';

const PHASE = 'kubelet';
const DEFAULTS = '/etc/default/kubelet';

/** The step that sets a node's kubelet up. */
export const kubeletStep = (node: PlanNode) => stepId(PHASE, node.name);

/** The kubelet, enabled; it keeps restarting until kubeadm has given it a configuration. */
export const kubelet: Phase = {
  name: PHASE,
  title: 'Kubelet',
  description: 'The kubelet’s own settings (node address, CRI socket) and its service',
  realness: { lab: 'real', note: 'Kubernetes 1.20.2.', byHand: ['systemctl cat kubelet', 'cat /etc/default/kubelet'] },
  assumedSeconds: 2,
  steps: (context) =>
    context.nodes.map((node) =>
      nodeStep(context, PHASE, node, {
        title: 'kubelet',
        needs: [kubernetesStep(node)],
        tasks: [
          task('settings', 'node address and CRI socket', 'file', {
            state: 'present',
            path: DEFAULTS,
            content: `# Written by vHive; changes are overwritten.\nKUBELET_EXTRA_ARGS=${kubeletArguments(context, node).join(' ')}\n`,
          }),
          task('service', 'kubelet.service is enabled', 'systemd.unit', {
            name: 'kubelet.service',
            content: kubeletUnit,
            dropIns: { '10-kubeadm.conf': kubeadmDropIn },
            enabled: true,
            state: 'running',
            restartOn: [DEFAULTS, '/usr/local/bin/kubelet'],
            mayCrashLoop: true,
          }),
        ],
      }),
    ),
};

/** Flags of one node's kubelet. From 1.27 on, socket and time-out are fields of the cluster's KubeletConfiguration. */
function kubeletArguments({ versions }: PhaseContext, node: PlanNode): string[] {
  const inConfiguration = atLeast(versions.kubernetes, '1.27.0');
  return [
    `--node-ip=${node.address}`,
    '--v=0',
    // Before 1.24 the kubelet's default was Docker.
    ...(atLeast(versions.kubernetes, '1.24.0') ? [] : ['--container-runtime=remote']),
    ...(inConfiguration
      ? []
      : [`--container-runtime-endpoint=unix://${CONTAINERD_SOCKET}`, '--runtime-request-timeout=15m']),
  ];
}

/** Fields of KubeletConfiguration that take the place of flags, by Kubernetes version. */
export function kubeletRuntimeFields(kubernetes: string): Record<string, unknown> {
  if (!atLeast(kubernetes, '1.27.0')) return {};
  return { containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`, runtimeRequestTimeout: '15m' };
}

/** The kubelet really uses what it was given: a silent change of a drop-in has broken that before. */
export function verifyKubelet(node: PlanNode): Task {
  return task('verify-kubelet', 'the kubelet uses its CRI socket and node address', 'kubelet.verify', {
    criSocket: `unix://${CONTAINERD_SOCKET}`,
    nodeAddress: node.address,
  });
}
