import type { Task } from '@vhive/shared';
import { atLeast } from '../../versions/resolve.ts';
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

/** The kubelet, enabled; it keeps restarting until kubeadm has given it a configuration. */
export const kubelet: Phase = {
  name: PHASE,
  title: 'Kubelet',
  description: 'The kubelet’s own settings (node address, CRI socket) and its service',
  realness: { lab: 'real', note: 'Kubernetes 1.20.2.', byHand: ['systemctl cat kubelet', 'cat /etc/default/kubelet'] },
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
            restartOn: [DEFAULTS, '/usr/local/bin/kubelet'],
            mayCrashLoop: true,
          }),
        ],
      }),
    ),
};

/** The runtime it will talk to, and what it can see of the machine only when it starts. */
function needsOf(context: PhaseContext, node: PlanNode): StepId[] {
  const microVms = runsMicroVms(context, node);
  return [
    kubernetesStep(node),
    ...(microVms ? [vhiveStep(node)] : []),
    ...(microVms && context.features.smokeBoot ? [smokeBootStep(node)] : []),
    tuningStep(node),
  ];
}

/** Flags of one node's kubelet. From 1.27 on, socket and time-out are fields of the cluster's KubeletConfiguration. */
function kubeletArguments(context: PhaseContext, node: PlanNode): string[] {
  const { versions } = context;
  const inConfiguration = atLeast(versions.kubernetes, '1.27.0');
  return [
    `--node-ip=${node.address}`,
    '--v=0',
    // Before 1.24 the kubelet's default was Docker.
    ...(atLeast(versions.kubernetes, '1.24.0') ? [] : ['--container-runtime=remote']),
    ...(inConfiguration
      ? []
      : [`--container-runtime-endpoint=unix://${criSocket(context, node)}`, '--runtime-request-timeout=15m']),
  ];
}

/** Fields of all nodes' KubeletConfiguration that take the place of flags; the control plane's socket stands in it. */
export function kubeletRuntimeFields(context: PhaseContext): Record<string, unknown> {
  if (!atLeast(context.versions.kubernetes, '1.27.0')) return {};
  return {
    containerRuntimeEndpoint: `unix://${criSocket(context, context.controlPlane)}`,
    runtimeRequestTimeout: '15m',
  };
}

/** The kubelet really uses what it was given: a silent change of a drop-in has broken that before. */
export function verifyKubelet(context: PhaseContext, node: PlanNode): Task {
  return task('verify-kubelet', 'the kubelet uses its CRI socket and node address', 'kubelet.verify', {
    criSocket: `unix://${criSocket(context, node)}`,
    nodeAddress: node.address,
  });
}
