import { output, type Step } from '@vhive/shared';
import { poolFindings } from '../../addresses/pool-findings.ts';
import { cgroupFindings } from '../kit/cgroup-v1.ts';
import { clusterPorts, isAlone, isSingle, type PhaseContext, type PlanNode, runsMicroVms } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { coordinatorStep, milestone, nodeStep, stepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { thinPoolSpace } from '../kit/thin-pool-space.ts';
import { credentialsToCheck } from '../kit/vhive-flags.ts';
import { microVmFindings } from './microvm-findings.ts';
import { slowFindings } from './slow-findings.ts';

const PHASE = 'preflight';

/** Every later step that touches a host needs this one, so that refusals come before anything is changed anywhere. */
export const PREFLIGHT_PASSED = stepId(PHASE, 'passed');

const HOSTS_CHECKED = stepId(PHASE, 'hosts-checked');
/** The step that checks the host of a node. Its outputs say what the host was before. */
export const hostStep = (node: PlanNode) => stepId('preflight-host', node.name);
const listenStep = (node: PlanNode) => stepId('preflight-listen', node.name);
const networkStep = (node: PlanNode) => stepId('preflight-network', node.name);
const CLUSTER_CHECKED = stepId(PHASE, 'cluster');

/** Returns a reference to whether the node was a member of a cluster already when preflight looked. */
export function wasJoined(node: PlanNode) {
  return output(hostStep(node), 'host', 'joined');
}

/**
 * What a host must have. For a control plane these are kubeadm's own demands: 2 CPUs and 1,700 MB of memory. A worker
 * needs little more than the kubelet does.
 */
const demands = {
  controlPlane: { minCpus: 2, minMemoryBytes: 1_700 * 1_000_000 },
  worker: { minCpus: 1, minMemoryBytes: 512 * 1024 * 1024 },
};

/**
 * The ports that Kubernetes takes on a control plane besides those that others must reach: those of etcd, the
 * controller manager and the scheduler.
 */
const localControlPlanePorts = [2379, 2380, 10257, 10259];

/**
 * How long a node answers on its ports for others, in seconds. This is longer than the checks of the slowest host take.
 */
const LISTEN_SECONDS = 300;

/**
 * Up to this number of nodes every node tries to reach every other. Beyond it, every node tries the control plane and
 * so many neighbours in the list.
 */
const FULL_MESH = 50;
const NEIGHBOURS = 16;

/** Preflight looks at everything before anything is touched. */
export const preflight: Phase = {
  name: PHASE,
  title: 'Preflight',
  description: 'Checks every host, the network between them and the cluster as a whole, before anything is touched',
  realness: {
    lab: 'real',
    note: 'Refusals are tried on hosts that have what is refused. KVM is there on machines under qemu (npm run test:emulated). An SSD and clock skew cannot be had in the lab; their checks are tested with facts.',
    byHand: ['vhive-coord up --until preflight'],
  },
  assumedSeconds: 2,
  steps(context) {
    const hosts = context.touched.map((node) => checkHost(context, node));
    const others = isAlone(context) ? [] : context.touched;
    const networks = [
      ...others.map((node) => answerOthers(context, node)),
      ...others.map((node) => checkNetwork(context, node)),
    ];
    return [
      ...hosts,
      milestone(PHASE, HOSTS_CHECKED, 'every host is fit', { needs: context.touched.map(hostStep) }),
      checkCluster(context),
      ...networks,
      milestone(PHASE, PREFLIGHT_PASSED, 'nothing stands in the way', {
        needs: [CLUSTER_CHECKED, ...others.map(networkStep)],
      }),
    ];
  },
};

function checkHost(context: PhaseContext, node: PlanNode): Step {
  const { config, features, versions } = context;
  const isControlPlane = node.name === context.controlPlane.name;
  const role = isSingle(context) ? 'single' : isControlPlane ? 'control-plane' : 'worker';
  const ports = clusterPorts(context, node);
  const microVms = runsMicroVms(context, node);
  const minFreeBytes = Math.round(config.preflight.minFreeGiB * 1024 ** 3);
  const check = task('host', 'the host is fit for its part', 'preflight.host', {
    role,
    address: node.address,
    arches: [...features.architectures],
    minFreeBytes,
    space: spaceNeeded(minFreeBytes, isControlPlane),
    cniConfiguration: features.calico ? '10-calico.conflist' : '10-vhive.conflist',
    ...(isControlPlane ? demands.controlPlane : demands.worker),
    needsKvm: microVms,
    wantsSsd: microVms,
    wantsNvidia: features.gpu,
    dockerCredentials: isControlPlane ? credentialsToCheck(context) : null,
    thinPool: microVms ? thinPoolSpace(context) : null,
    ports: isControlPlane ? [...ports, ...localControlPlanePorts] : ports,
    expectedKubernetes: versions.kubernetes,
    ignore: config.preflight.ignore,
  });
  return nodeStep(context, PHASE, node, {
    id: hostStep(node),
    title: 'host',
    tasks: [check],
    policy: { retries: 0, onFailure: 'fail-run' },
  });
}

/**
 * Makes the step after which a node answers on its ports. Its listeners end with the agent and after a while. So the
 * step is volatile: they are opened anew before another attempt to reach them, because a run that was interrupted must
 * not take a listener that is gone for a closed firewall.
 */
function answerOthers(context: PhaseContext, node: PlanNode): Step {
  const ports = clusterPorts(context, node);
  return nodeStep(context, PHASE, node, {
    id: listenStep(node),
    title: 'answers',
    needs: [HOSTS_CHECKED],
    tasks: [
      task('listen', `answers on ${ports.join(', ')} for the other nodes`, 'preflight.listen', {
        address: node.address,
        ports,
        seconds: LISTEN_SECONDS,
      }),
    ],
    volatile: true,
    policy: { backoffMs: 1_000, onFailure: 'fail-run' },
  });
}

/**
 * Returns what directories need that may be on file systems of their own: images and containers as much as the root
 * file system, the others at most 1 GiB.
 */
function spaceNeeded(minFreeBytes: number, isControlPlane: boolean) {
  const some = Math.min(minFreeBytes, 1024 ** 3);
  return [
    { path: '/var/lib/containerd', minFreeBytes },
    ...['/var/lib/kubelet', '/usr/local', ...(isControlPlane ? ['/var/lib/etcd'] : [])].map((path) => ({
      path,
      minFreeBytes: some,
    })),
  ];
}

function checkNetwork(context: PhaseContext, node: PlanNode): Step {
  const reached = reachTargets(context, node);
  const targets = reached.map((target) => ({
    node: target.name,
    address: target.address,
    ports: clusterPorts(context, target),
  }));
  return nodeStep(context, PHASE, node, {
    id: networkStep(node),
    title: 'network',
    needs: reached.map(listenStep),
    tasks: [task('reach', `reaches ${targets.length} other nodes`, 'preflight.reach', { targets })],
    policy: { retries: 2, backoffMs: 1_000, onFailure: 'fail-run' },
  });
}

function reachTargets({ touched: nodes, controlPlane }: PhaseContext, node: PlanNode): readonly PlanNode[] {
  const others = nodes.filter((other) => other.name !== node.name);
  if (nodes.length <= FULL_MESH || node.name === controlPlane.name) return others;
  const index = nodes.indexOf(node);
  const next = Array.from({ length: NEIGHBOURS }, (_, distance) => nodes[(index + 1 + distance) % nodes.length]);
  const wanted = new Set([controlPlane, ...next]);
  return others.filter((other) => wanted.has(other));
}

/** Returns a reference to what preflight found on a node's host. */
const outputOf = (node: PlanNode, key: string) => output(hostStep(node), 'host', key, { optional: true });

const controlPlaneFirst = (nodes: readonly PlanNode[], controlPlane: PlanNode) => [
  controlPlane,
  ...nodes.filter(({ name }) => name !== controlPlane.name),
];

function checkCluster(context: PhaseContext): Step {
  const { config, features, touched, nodes, controlPlane, loadBalancerPool } = context;
  return coordinatorStep(PHASE, CLUSTER_CHECKED, {
    title: 'cluster',
    needs: [HOSTS_CHECKED],
    tasks: [
      task('cluster', 'clocks agree, names and addresses are unique', 'preflight.cluster', {
        nodes: touched.map(({ name, address, facts }) => ({
          name,
          address,
          hostname: facts.hostname,
          machineId: facts.machineId,
        })),
        memberships: controlPlaneFirst(touched, controlPlane).map((node) => ({
          node: node.name,
          joined: outputOf(node, 'joined'),
          caCertHashes: outputOf(node, 'caCertHashes'),
          server: outputOf(node, 'server'),
        })),
        maxClockSkewMs: config.preflight.maxClockSkewMs,
        findings: [
          ...context.findings,
          ...cgroupFindings(context),
          ...slowFindings(context),
          ...microVmFindings(context),
          ...(features.loadBalancer ? poolFindings(loadBalancerPool, nodes) : []),
        ],
      }),
    ],
    policy: { retries: 0, onFailure: 'fail-run' },
  });
}
