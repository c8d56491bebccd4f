import { type ClusterConfig, LEGACY_VHIVE_COMMIT } from '@vhive/shared';

/**
 * What a cluster has, as it follows from its configuration. Everything that depends on the sandbox, on the version of
 * vHive or on a part of the stack asks here, so that a configuration is not taken for one thing when it is checked and
 * for another when it is planned.
 */
export interface Features {
  /** Functions run in Firecracker microVMs, which vHive starts. */
  microVms: boolean;
  /**
   * The vHive of these microVMs is of its legacy generation, which needs Kubernetes, containerd and the rest of its time.
   * This follows from `firecracker.generation`, else from the ref's name, because the plan is made before the source is
   * fetched. Once it is fetched, it is held against that.
   */
  legacyVhive: boolean;
  /** Functions run under gVisor. */
  gvisor: boolean;
  /** containerd itself mounts eStargz images, by means of the stargz snapshotter. */
  stockStargz: boolean;
  /** eStargz images are mounted within microVMs, by means of the demux snapshotter. */
  microVmStargz: boolean;
  /** vHive starts functions from snapshots from their second instance on. REAP works on snapshots too. */
  snapshots: boolean;
  /** A microVM is booted on trial before Kubernetes is set up. */
  smokeBoot: boolean;
  /** Calico is the pod network; otherwise bridges and routes are. */
  calico: boolean;
  /** MetalLB gives addresses to Services. */
  loadBalancer: boolean;
  /** Knative Serving runs functions. */
  serving: boolean;
  /** Istio is set up as the network of Knative Serving. */
  istio: boolean;
  /** Knative Eventing is set up beside Serving. */
  eventing: boolean;
  /** A function is deployed and called for trial at the end. */
  smokeFunction: boolean;
  /** Zipkin collects the traces of Knative. */
  tracing: boolean;
  /** Pods can ask for NVIDIA's GPUs. */
  gpu: boolean;
  /** The architectures of nodes on which the sandbox runs, as Debian names them. */
  architectures: readonly string[];
}

/** The architectures on which each sandbox runs, as Debian names them. */
const architectures: Readonly<Record<ClusterConfig['sandbox'], readonly string[]>> = {
  firecracker: ['amd64'],
  gvisor: ['amd64'],
  'stock-only': ['amd64', 'arm64'],
};

/** Tells a generation of vHive by the name of a branch or tag, or by the one commit that ends the legacy branch. */
export function generationOf(ref: string): 'legacy' | 'current' {
  return /legacy/.test(ref) || ref === LEGACY_VHIVE_COMMIT ? 'legacy' : 'current';
}

/** Whether functions run in Firecracker microVMs in this sandbox. */
export const isMicroVm = (sandbox: ClusterConfig['sandbox']) => sandbox === 'firecracker';

/** Whether functions run under gVisor in this sandbox. */
export const isGvisor = (sandbox: ClusterConfig['sandbox']) => sandbox === 'gvisor';

/** Derives what a cluster has from its configuration. */
export function features(config: ClusterConfig): Features {
  const { sandbox, stargz, firecracker, knative, network, loadBalancer, ready, extras } = config;
  const microVms = isMicroVm(sandbox);
  return {
    microVms,
    legacyVhive: microVms && (firecracker.generation ?? generationOf(firecracker.vhiveRef)) === 'legacy',
    gvisor: isGvisor(sandbox),
    stockStargz: stargz && sandbox === 'stock-only',
    microVmStargz: stargz && microVms,
    snapshots: microVms && (firecracker.snapshots || firecracker.upf),
    smokeBoot: microVms && firecracker.smokeBoot,
    calico: network.plugin === 'calico',
    loadBalancer: loadBalancer.enabled,
    serving: knative.enabled,
    istio: knative.enabled,
    eventing: knative.enabled && knative.eventing,
    smokeFunction: knative.enabled && ready.smokeTest,
    tracing: extras.zipkin,
    gpu: extras.nvidia,
    architectures: architectures[sandbox],
  };
}
