import { artifactStep } from '../kit/artifacts.ts';
import { clusterStep, deploymentAvailable, WAITING } from '../kit/cluster-step.ts';
import type { PhaseContext } from '../kit/context.ts';
import { applyManifest, type ManifestPatch } from '../kit/manifests.ts';
import type { Phase } from '../kit/phase.ts';
import { clusterStepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { controlPlaneStep } from '../kubernetes/control-plane.ts';
import { NODES_SETTLED } from '../kubernetes/nodes-ready.ts';

const PHASE = 'metrics-server';
const manifestStep = (context: PhaseContext) => clusterStepId(context, 'metrics-server-manifest');

/** The step after which `kubectl top` answers. */
const metricsServerStep = (context: PhaseContext) => clusterStepId(context, PHASE);

/**
 * The patches of metrics-server. The kubelets of kubeadm serve with certificates that nobody signed, so it is told to
 * accept them.
 */
const patches: ManifestPatch[] = [
  {
    kind: 'Deployment',
    name: PHASE,
    namespace: 'kube-system',
    addArguments: { 'metrics-server': ['--kubelet-insecure-tls'] },
  },
];

/** The phase sets up metrics-server, which tells what nodes and pods use. */
export const metricsServer: Phase = {
  name: PHASE,
  title: 'Metrics server',
  description: 'Sets up metrics-server for kubectl top and autoscalers, where asked for',
  realness: {
    lab: 'real',
    note: 'The lab runs metrics-server of the version that this release knows, compiled from its Go module with the libraries that it was released with. Its manifest is put together from the module too.',
    byHand: ['kubectl top nodes', 'kubectl top pods -A'],
  },
  assumedSeconds: 30,
  enabled: ({ config }) => config.extras.metricsServer,
  components: { metricsServer: 'control-plane' },
  manifests: ['metrics-server'],
  lastSteps: (context) => [metricsServerStep(context)],
  steps(context) {
    const { versions, controlPlane } = context;
    return [
      clusterStep(context, PHASE, manifestStep(context), {
        title: 'metrics-server',
        needs: [controlPlaneStep(context), artifactStep('metrics-server', controlPlane)],
        tasks: [applyManifest(context, 'metrics-server', `metrics-server ${versions.metricsServer}`, patches)],
      }),
      clusterStep(context, PHASE, metricsServerStep(context), {
        title: 'metrics-server runs',
        needs: [manifestStep(context), NODES_SETTLED],
        tasks: [
          deploymentAvailable('kube-system', 'metrics-server'),
          task('served', 'Kubernetes serves metrics', 'kubernetes.wait', {
            for: {
              type: 'condition',
              apiVersion: 'apiregistration.k8s.io/v1',
              kind: 'APIService',
              name: 'v1beta1.metrics.k8s.io',
              condition: 'Available',
            },
          }),
        ],
        policy: WAITING,
      }),
    ];
  },
};
