import { PREFLIGHT_PASSED } from '../host/preflight.ts';
import { artifactOf, artifactStep } from '../kit/artifacts.ts';
import { clusterStep, deploymentAvailable, WAITING, webhooksReady } from '../kit/cluster-step.ts';
import type { PhaseContext } from '../kit/context.ts';
import { applyManifest } from '../kit/manifests.ts';
import type { Phase } from '../kit/phase.ts';
import { clusterStepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { controlPlaneStep } from '../kubernetes/control-plane.ts';
import { NODES_SETTLED } from '../kubernetes/nodes-ready.ts';
import { servingPatches } from './serving-patches.ts';

const PHASE = 'serving';
const kindsStep = (context: PhaseContext) => clusterStepId(context, 'serving-crds');
const coreStep = (context: PhaseContext) => clusterStepId(context, 'serving-core');
const knStep = (context: PhaseContext) => clusterStepId(context, 'kn');

/** The step after which Knative Serving runs. */
export const servingStep = (context: PhaseContext) => clusterStepId(context, PHASE);

/** The phase applies Knative Serving as soon as there is an API server. Its pods start as nodes come. */
export const serving: Phase = {
  name: PHASE,
  title: 'Knative Serving',
  description:
    'Sets up Knative Serving with vHive’s queue-proxy or the feature flags of the sandbox, and puts kn on the master',
  realness: {
    lab: 'real',
    note: 'The lab runs Knative Serving of the version that this release knows, compiled from its Go module, from which its manifests are put together too. kn is a stand-in there, and vHive’s queue-proxy needs microVMs.',
    byHand: [
      'kubectl get pods -n knative-serving',
      'kubectl get configmap config-deployment -n knative-serving -o yaml',
    ],
  },
  assumedSeconds: 45,
  enabled: ({ features }) => features.serving,
  components: { knativeServing: 'control-plane', kn: 'control-plane', queueProxy: 'nodes' },
  manifests: ['serving-crds', 'serving-core'],
  lastSteps: (context) => [servingStep(context)],
  steps(context) {
    const { versions, controlPlane } = context;
    const version = versions.knativeServing;
    return [
      clusterStep(context, PHASE, kindsStep(context), {
        title: 'custom resource definitions of Serving',
        needs: [controlPlaneStep(context), artifactStep('serving-crds', controlPlane)],
        tasks: [applyManifest(context, 'serving-crds', `custom resource definitions of Knative Serving ${version}`)],
      }),
      clusterStep(context, PHASE, coreStep(context), {
        title: 'Serving',
        needs: [kindsStep(context), artifactStep('serving-core', controlPlane)],
        tasks: [applyManifest(context, 'serving-core', `Knative Serving ${version}`, servingPatches(context))],
      }),
      clusterStep(context, PHASE, servingStep(context), {
        title: 'Serving runs',
        needs: [coreStep(context), NODES_SETTLED],
        tasks: [
          ...['webhook', 'controller', 'activator', 'autoscaler'].map((name) =>
            deploymentAvailable('knative-serving', name),
          ),
          webhooksReady({
            validating: ['config.webhook.serving.knative.dev', 'validation.webhook.serving.knative.dev'],
            mutating: ['webhook.serving.knative.dev'],
          }),
        ],
        policy: WAITING,
      }),
      clusterStep(context, PHASE, knStep(context), {
        title: 'kn',
        needs: [PREFLIGHT_PASSED, artifactStep('kn', controlPlane)],
        tasks: [
          task('kn', `kn ${versions.kn}`, 'artifact.file', {
            artifact: artifactOf('kn', controlPlane),
            path: '/usr/local/bin/kn',
            mode: '0755',
          }),
        ],
      }),
    ];
  },
};
