import { metricsServer } from './extras/metrics-server.ts';
import { nvidia } from './extras/nvidia.ts';
import { prometheus } from './extras/prometheus.ts';
import { registry } from './extras/registry.ts';
import { tracing } from './extras/tracing.ts';
import { chrony } from './host/chrony.ts';
import { preflight } from './host/preflight.ts';
import { system } from './host/system.ts';
import { tuning } from './host/tuning.ts';
import { artifacts } from './kit/artifacts.ts';
import type { Phase } from './kit/phase.ts';
import { eventing } from './knative/eventing.ts';
import { ingress } from './knative/ingress.ts';
import { istio } from './knative/istio.ts';
import { loadBalancer } from './knative/load-balancer.ts';
import { serving } from './knative/serving.ts';
import { controlPlane } from './kubernetes/control-plane.ts';
import { join } from './kubernetes/join.ts';
import { kubeconfigs } from './kubernetes/kubeconfigs.ts';
import { kubelet } from './kubernetes/kubelet.ts';
import { kubernetes } from './kubernetes/kubernetes.ts';
import { network } from './kubernetes/network.ts';
import { nodeLabels } from './kubernetes/node-labels.ts';
import { nodesReady } from './kubernetes/nodes-ready.ts';
import { sandboxClasses } from './kubernetes/sandbox-classes.ts';
import { firecracker } from './microvms/firecracker.ts';
import { vhive } from './microvms/vhive.ts';
import { inspection } from './proof/inspection.ts';
import { ready } from './proof/ready.ts';
import { gvisor } from './runtime/gvisor.ts';
import { imageServer } from './runtime/image-server.ts';
import { images } from './runtime/images.ts';
import { registryCache } from './runtime/registry-cache.ts';
import { runtime } from './runtime/runtime.ts';
import { stargz } from './runtime/stargz.ts';

/** The list of all phases, in the order in which a reader should meet them. */
export const phases: readonly Phase[] = [
  preflight,
  artifacts,
  system,
  tuning,
  chrony,
  registryCache,
  imageServer,
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
  registry,
  eventing,
  tracing,
  metricsServer,
  prometheus,
  nvidia,
  ready,
  inspection,
];

export type { ImageServer, PhaseContext, PlanNode } from './kit/context.ts';
export type { Phase, Realness } from './kit/phase.ts';
