import { artifacts } from './artifacts.ts';
import { chrony } from './chrony.ts';
import { controlPlane } from './control-plane.ts';
import { eventing } from './eventing.ts';
import { firecracker } from './firecracker.ts';
import { gvisor } from './gvisor.ts';
import { images } from './images.ts';
import { ingress } from './ingress.ts';
import { inspection } from './inspection.ts';
import { istio } from './istio.ts';
import { join } from './join.ts';
import { kubeconfigs } from './kubeconfigs.ts';
import { kubelet } from './kubelet.ts';
import { kubernetes } from './kubernetes.ts';
import { loadBalancer } from './load-balancer.ts';
import { localRegistry } from './local-registry.ts';
import { metricsServer } from './metrics-server.ts';
import { network } from './network.ts';
import { nodeLabels } from './node-labels.ts';
import { nodesReady } from './nodes-ready.ts';
import { nvidia } from './nvidia.ts';
import type { Phase } from './phase.ts';
import { preflight } from './preflight.ts';
import { prometheus } from './prometheus.ts';
import { ready } from './ready.ts';
import { registryCache } from './registry-cache.ts';
import { runtime } from './runtime.ts';
import { sandboxClasses } from './sandbox-classes.ts';
import { serving } from './serving.ts';
import { stargz } from './stargz.ts';
import { system } from './system.ts';
import { tracing } from './tracing.ts';
import { tuning } from './tuning.ts';
import { vhive } from './vhive.ts';

/** Everything that is done, in order: the table of contents. */
export const phases: readonly Phase[] = [
  preflight,
  artifacts,
  system,
  tuning,
  chrony,
  registryCache,
  gvisor,
  stargz,
  runtime,
  firecracker,
  vhive,
  kubernetes,
  images,
  kubelet,
  controlPlane,
  join,
  network,
  nodesReady,
  nodeLabels,
  kubeconfigs,
  sandboxClasses,
  loadBalancer,
  istio,
  serving,
  ingress,
  localRegistry,
  eventing,
  tracing,
  metricsServer,
  prometheus,
  nvidia,
  ready,
  inspection,
];

export type { PhaseContext, PlanNode } from './context.ts';
export type { Phase, Realness } from './phase.ts';
