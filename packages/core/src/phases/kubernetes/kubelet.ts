import type { Task } from '@vhive/shared';
import { atLeast } from '../../versions/resolve.ts';
import { PROXY_FILE } from '../host/proxy.ts';
import { tuningStep } from '../host/tuning.ts';
import { criRuntime, criSocket, type PhaseContext, type PlanNode, runsMicroVms } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { nodeStep, type StepId, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { WRITTEN_BY_VHIVE } from '../kit/written-by-vhive.ts';
import { smokeBootStep } from '../microvms/microvm-boot.ts';
import { vhiveStep } from '../microvms/vhive.ts';
import { kubeadmDropIn, kubeletUnit } from '../runtime/units.ts';
import { patchTasks } from './kubelet-patch.ts';
import { kubernetesStep } from './kubernetes.ts';

const PHASE = 'kubelet';
const DEFAULTS = '/etc/default/kubelet';

/** The step that sets a node's kubelet up. */
export const kubeletStep = (node: PlanNode) => stepId(PHASE, node.name);

/** The phase enables the kubelet, which keeps restarting until kubeadm has given it a configuration. */
export const kubelet: Phase = {
  name: PHASE,
  title: 'Kubelet',
  description: 'Writes the kubelet’s own settings (node address and CRI socket) and enables its service',
  realness: {
    lab: 'real',
    note: 'The lab runs the kubelet of the version that this release knows.',
    byHand: ['systemctl cat kubelet', 'cat /etc/default/kubelet'],
  },
  assumedSeconds: 2,
  units: () => ['kubelet.service'],
  steps: (context) =>
    context.nodes.map((node) =>
      nodeStep(context, PHASE, node, {
        title: 'kubelet',
        needs: needsOf(context, node),
        tasks: [
          task('settings', 'node address and CRI socket', 'file', {
            state: 'present',
            path: DEFAULTS,
            content: `${WRITTEN_BY_VHIVE}KUBELET_EXTRA_ARGS=${kubeletArguments(context, node).join(' ')}\n`,
          }),
          ...patchTasks(context, node),
          task('service', 'kubelet.service is enabled', 'systemd.unit', {
            name: 'kubelet.service',
            content: kubeletUnit({ runtime: criRuntime(context, node) }),
            dropIns: { '10-kubeadm.conf': kubeadmDropIn },
            enabled: true,
            state: 'running',
            restartOn: [DEFAULTS, '/usr/local/bin/kubelet', PROXY_FILE],
            mayCrashLoop: true,
          }),
        ],
      }),
    ),
};

/**
 * Returns the steps before the kubelet: those of the runtime that it talks to, and those that change what it only sees
 * when it starts.
 */
function needsOf(context: PhaseContext, node: PlanNode): StepId[] {
  const microVms = runsMicroVms(context, node);
  return [
    kubernetesStep(node),
    ...(microVms ? [vhiveStep(node)] : []),
    ...(microVms && context.features.smokeBoot ? [smokeBootStep(node)] : []),
    tuningStep(node),
  ];
}

/**
 * Returns the flags of one node's kubelet. From 1.27 on, the socket and the time-out are fields of the cluster's
 * KubeletConfiguration instead.
 */
function kubeletArguments(context: PhaseContext, node: PlanNode): string[] {
  const { versions } = context;
  const inConfiguration = atLeast(versions.kubernetes, '1.27.0');
  return [
    `--node-ip=${node.address}`,
    '--v=0',
    // Before 1.24 the kubelet used Docker by default.
    ...(atLeast(versions.kubernetes, '1.24.0') ? [] : ['--container-runtime=remote']),
    ...(inConfiguration
      ? []
      : [`--container-runtime-endpoint=unix://${criSocket(context, node)}`, '--runtime-request-timeout=15m']),
  ];
}

/**
 * Returns the fields in the KubeletConfiguration of all nodes that replace flags. The socket in it is that of the
 * control plane.
 */
export function kubeletRuntimeFields(context: PhaseContext): Record<string, unknown> {
  if (!atLeast(context.versions.kubernetes, '1.27.0')) return {};
  return {
    containerRuntimeEndpoint: `unix://${criSocket(context, context.controlPlane)}`,
    runtimeRequestTimeout: '15m',
  };
}

/**
 * Makes a task that checks that the kubelet really uses what it was given. A drop-in that changed silently has broken
 * that before.
 */
export function verifyKubelet(context: PhaseContext, node: PlanNode): Task {
  return task('verify-kubelet', 'the kubelet uses its CRI socket and node address', 'kubelet.verify', {
    criSocket: `unix://${criSocket(context, node)}`,
    nodeAddress: node.address,
  });
}
