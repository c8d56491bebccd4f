import type { ClusterConfig } from '@vhive/shared';
import { atLeast } from '../../versions/resolve.ts';
import { artifactStep } from '../kit/artifacts.ts';
import { applyObjects, clusterStep, deploymentAvailable, WAITING, webhooksReady } from '../kit/cluster-step.ts';
import { isSingle, type PhaseContext } from '../kit/context.ts';
import { applyManifest, type ManifestPatch } from '../kit/manifests.ts';
import type { Phase } from '../kit/phase.ts';
import { clusterStepId } from '../kit/steps.ts';
import { controlPlaneStep } from '../kubernetes/control-plane.ts';
import { NODES_SETTLED } from '../kubernetes/nodes-ready.ts';

const PHASE = 'load-balancer';
const manifestStep = (context: PhaseContext) => clusterStepId(context, 'load-balancer-manifest');
const NAMESPACE = 'metallb-system';

/** The step after which Services of type LoadBalancer get addresses. */
export const loadBalancerStep = (context: PhaseContext) => clusterStepId(context, PHASE);

/**
 * The phase sets up MetalLB in layer 2 mode. It needs strictARP of kube-proxy, which is part of kubeadm's
 * configuration.
 */
export const loadBalancer: Phase = {
  name: PHASE,
  title: 'Load balancer',
  description: 'Sets up MetalLB with the pool of addresses that it may give away',
  realness: {
    lab: 'real',
    note: 'The lab runs MetalLB of the version that this release knows, compiled from its Go module, with its manifest as released.',
    byHand: ['kubectl get pods -n metallb-system', 'kubectl get ipaddresspools -n metallb-system -o yaml'],
  },
  assumedSeconds: 30,
  enabled: ({ features }) => features.loadBalancer,
  components: { metallb: 'control-plane' },
  manifests: ['metallb-native'],
  lastSteps: (context) => [loadBalancerStep(context)],
  steps(context) {
    const { versions, controlPlane } = context;
    return [
      clusterStep(context, PHASE, manifestStep(context), {
        title: 'MetalLB',
        needs: [controlPlaneStep(context), artifactStep('metallb-native', controlPlane)],
        tasks: [applyManifest(context, 'metallb-native', `MetalLB ${versions.metallb}`, patches(context))],
      }),
      clusterStep(context, PHASE, loadBalancerStep(context), {
        title: 'pool of addresses',
        needs: [manifestStep(context), NODES_SETTLED],
        tasks: [
          deploymentAvailable(NAMESPACE, 'controller'),
          webhooksReady({ validating: ['metallb-webhook-configuration'] }),
          applyObjects('pool', `addresses ${context.loadBalancerPool}`, pool(context)),
        ],
        policy: WAITING,
      }),
    ];
  },
};

/**
 * Returns the patches of MetalLB. kubeadm labels control planes as nodes that load balancers must not use, and MetalLB
 * then does not announce from them; but a single node is both. Older speakers look for no such label, and end at a flag
 * that they do not know: https://github.com/metallb/metallb/pull/2280
 */
function patches(context: PhaseContext): ManifestPatch[] {
  const { logLevel } = context.config.loadBalancer;
  const level = logLevel === undefined ? [] : [`--log-level=${logLevel}`];
  const single = isSingle(context) && atLeast(context.versions.metallb, '0.14.4') ? ['--ignore-exclude-lb'] : [];
  const patch = (kind: string, name: string, added: string[]): ManifestPatch[] =>
    added.length === 0 ? [] : [{ kind, name, namespace: NAMESPACE, addArguments: { [name]: added } }];
  return [...patch('DaemonSet', 'speaker', [...level, ...single]), ...patch('Deployment', 'controller', level)];
}

/** Returns the pool of addresses, and how they are announced: https://metallb.io/configuration/_advanced_l2_configuration/ */
function pool({ config, loadBalancerPool }: { config: ClusterConfig; loadBalancerPool: string }) {
  const { interfaces, nodeSelectors } = config.loadBalancer;
  const apiVersion = 'metallb.io/v1beta1';
  return [
    {
      apiVersion,
      kind: 'IPAddressPool',
      metadata: { name: 'first-pool', namespace: NAMESPACE },
      spec: { addresses: [loadBalancerPool] },
    },
    {
      apiVersion,
      kind: 'L2Advertisement',
      metadata: { name: 'first-pool', namespace: NAMESPACE },
      spec: {
        ipAddressPools: ['first-pool'],
        ...(interfaces.length === 0 ? {} : { interfaces }),
        ...(nodeSelectors.length === 0 ? {} : { nodeSelectors }),
      },
    },
  ];
}
