import { PREFLIGHT_PASSED } from '../host/preflight.ts';
import { artifactOf, artifactStep } from '../kit/artifacts.ts';
import { applyObjects, clusterStep, deploymentAvailable, namespaceObject, WAITING } from '../kit/cluster-step.ts';
import type { PhaseContext } from '../kit/context.ts';
import { applyRendered, MANIFESTS, type ManifestPatch } from '../kit/manifests.ts';
import type { Phase } from '../kit/phase.ts';
import { clusterStepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { controlPlaneStep } from '../kubernetes/control-plane.ts';
import { NODES_SETTLED } from '../kubernetes/nodes-ready.ts';
import { istioOperator } from './istio-operator.ts';

const PHASE = 'istio';
const manifestStep = (context: PhaseContext) => clusterStepId(context, 'istio-manifest');
const applyStep = (context: PhaseContext) => clusterStepId(context, 'istio-apply');
const ISTIOCTL = '/usr/local/bin/istioctl';
const INPUT = `${MANIFESTS}/istio-operator.yaml`;
const MANIFEST = `${MANIFESTS}/istio.yaml`;

/** The namespace of Istio and of what serves the whole cluster beside it. */
export const ISTIO_NAMESPACE = 'istio-system';

/** The step after which Istio and its gateways run. */
export const istioStep = (context: PhaseContext) => clusterStepId(context, PHASE);

/**
 * The phase sets up Istio from its own manifest, which is made early and applied by us, so that it is checked, patched
 * and tried again like everything else.
 */
export const istio: Phase = {
  name: PHASE,
  title: 'Istio',
  description:
    'Makes Istio’s manifest with istioctl, and sets up its control plane and the gateways for calls from outside and within',
  realness: {
    lab: 'real',
    note: 'The lab runs istiod, pilot-agent and istioctl of a commit of Istio’s 1.31, the nearest that its Go module is to be had of, and Envoy as its own project publishes it, without the filters that Istio adds.',
    byHand: ['kubectl get pods,services -n istio-system', 'istioctl proxy-status'],
  },
  assumedSeconds: 60,
  enabled: ({ features }) => features.istio,
  components: { istio: 'control-plane' },
  manifests: ['istio'],
  lastSteps: (context) => [istioStep(context)],
  steps(context) {
    const { config, versions, controlPlane } = context;
    return [
      clusterStep(context, PHASE, manifestStep(context), {
        title: 'Istio’s manifest',
        needs: [PREFLIGHT_PASSED, artifactStep('istioctl', controlPlane)],
        tasks: [
          task('istioctl', `istioctl ${versions.istio}`, 'artifact.archive', {
            artifact: artifactOf('istioctl', controlPlane),
            directory: '/usr/local/bin',
            only: ['istioctl'],
          }),
          task('manifest', `manifest of Istio ${versions.istio}`, 'manifest.render', {
            argv: [ISTIOCTL, 'manifest', 'generate', '-f', INPUT],
            input: { path: INPUT, content: istioOperator(config) },
            inputs: [artifactOf('istioctl', controlPlane)],
            path: MANIFEST,
          }),
        ],
      }),
      clusterStep(context, PHASE, applyStep(context), {
        title: 'Istio',
        needs: [manifestStep(context), controlPlaneStep(context)],
        tasks: [
          applyObjects('namespace', 'namespace istio-system', [namespaceObject(ISTIO_NAMESPACE)]),
          applyRendered(context, 'istio', `Istio ${versions.istio}`, MANIFEST, patches),
        ],
      }),
      clusterStep(context, PHASE, istioStep(context), {
        title: 'Istio runs',
        needs: [applyStep(context), NODES_SETTLED],
        tasks: ['istiod', 'istio-ingressgateway', 'cluster-local-gateway'].map((name) =>
          deploymentAvailable(ISTIO_NAMESPACE, name),
        ),
        policy: WAITING,
      }),
    ];
  },
};

/**
 * The patches that make two webhooks fail closed from the start. istiod itself turns them from Ignore to Fail once it
 * answers, and the manifest would turn them back with every run. Nothing that they judge is made before istiod runs, so
 * they may say Fail from the start. Which of the two exists depends on Istio's version. If a version names them
 * otherwise, they stay as they are.
 */
const patches: ManifestPatch[] = [
  ['istio-validator-istio-system', 'rev.validation.istio.io'],
  ['istiod-default-validator', 'validation.istio.io'],
].map(([name = '', webhook]) => ({
  kind: 'ValidatingWebhookConfiguration',
  name,
  merge: { webhooks: [{ name: webhook, failurePolicy: 'Fail' }] },
  optional: true,
}));
