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

/** MetalLB in layer 2 mode. kube-proxy's strictARP, which it needs, is part of kubeadm's configuration. */
export const loadBalancer: Phase = {
  name: PHASE,
  title: 'Load balancer',
  description: 'MetalLB, with the pool of addresses it may give away',
  realness: {
    lab: 'boundary',
    note: 'The real manifest is patched in tests; its images are not to be had there, and a stand-in with a webhook takes its place.',
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
          applyObjects('pool', `addresses ${context.loadBalancerPool}`, pool(context.loadBalancerPool)),
        ],
        policy: WAITING,
      }),
    ];
  },
};

/**
 * kubeadm labels control planes as no targets of load balancers, and MetalLB then does not announce from them; a single
 * node is both. Older speakers look for no such label, and end at a flag they do not know:
 * https://github.com/metallb/metallb/pull/2280
 */
function patches(context: PhaseContext): ManifestPatch[] {
  if (!isSingle(context) || !atLeast(context.versions.metallb, '0.14.4')) return [];
  const addArguments = { speaker: ['--ignore-exclude-lb'] };
  return [{ kind: 'DaemonSet', name: 'speaker', namespace: NAMESPACE, addArguments }];
}

function pool(addresses: string) {
  const apiVersion = 'metallb.io/v1beta1';
  return [
    {
      apiVersion,
      kind: 'IPAddressPool',
      metadata: { name: 'first-pool', namespace: NAMESPACE },
      spec: { addresses: [addresses] },
    },
    {
      apiVersion,
      kind: 'L2Advertisement',
      metadata: { name: 'first-pool', namespace: NAMESPACE },
      spec: { ipAddressPools: ['first-pool'] },
    },
  ];
}
