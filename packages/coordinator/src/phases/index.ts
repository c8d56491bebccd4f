import { artifacts } from './artifacts.ts';
import { controlPlane } from './control-plane.ts';
import { eventing } from './eventing.ts';
import { ingress } from './ingress.ts';
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
import { runtime } from './runtime.ts';
import { sandboxClasses } from './sandbox-classes.ts';
import { serving } from './serving.ts';
import { system } from './system.ts';
import { tracing } from './tracing.ts';

/** Everything that is done, in order: the table of contents. */
export const phases: readonly Phase[] = [
  preflight,
  artifacts,
  system,
  runtime,
  kubernetes,
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
];

export type { PhaseContext, PlanNode } from './context.ts';
export type { Phase } from './phase.ts';
