import type { Step } from '@vhive/shared';
import { artifactStep } from '../kit/artifacts.ts';
import { clusterStep, clusterStepId, deploymentAvailable, WAITING, webhooksReady } from '../kit/cluster-step.ts';
import type { PhaseContext } from '../kit/context.ts';
import { applyManifest, type ManifestPatch } from '../kit/manifests.ts';
import type { Phase } from '../kit/phase.ts';
import { controlPlaneStep } from '../kubernetes/control-plane.ts';
import { NODES_SETTLED } from '../kubernetes/nodes-ready.ts';
import { tracingEntries } from './tracing-config.ts';

const PHASE = 'eventing';
const NAMESPACE = 'knative-eventing';

/** The step after which brokers can be made. */
export const eventingStep = (context: PhaseContext) => clusterStepId(context, 'eventing-broker');

/** Knative Eventing, which needs nothing of Serving. */
export const eventing: Phase = {
  name: PHASE,
  title: 'Knative Eventing',
  description: 'Knative Eventing, then the in-memory channel, then the broker on top of it',
  realness: {
    lab: 'boundary',
    note: 'The real manifests are patched in tests; their images are not to be had there, and stand-ins take their place.',
    byHand: ['kubectl get pods -n knative-eventing'],
  },
  assumedSeconds: 30,
  steps(context) {
    const { config, versions, controlPlane } = context;
    if (!config.knative.enabled || !config.knative.eventing) return [];
    const version = versions.knativeEventing;
    return [
      clusterStep(context, PHASE, 'eventing-crds', {
        title: 'kinds of Eventing',
        needs: [controlPlaneStep(context), artifactStep('eventing-crds', controlPlane)],
        tasks: [applyManifest(context, 'eventing-crds', `kinds of Knative Eventing ${version}`)],
      }),
      clusterStep(context, PHASE, 'eventing-core', {
        title: 'Eventing',
        needs: [clusterStepId(context, 'eventing-crds'), artifactStep('eventing-core', controlPlane)],
        tasks: [
          applyManifest(
            context,
            'eventing-core',
            `Knative Eventing ${version}`,
            eventingPatches(context),
            filledInByControllers,
          ),
        ],
      }),
      clusterStep(context, PHASE, PHASE, {
        title: 'Eventing runs',
        needs: [clusterStepId(context, 'eventing-core'), NODES_SETTLED],
        tasks: [
          ...['eventing-webhook', 'eventing-controller'].map((name) => deploymentAvailable(NAMESPACE, name)),
          webhooksReady({
            validating: ['config.webhook.eventing.knative.dev', 'validation.webhook.eventing.knative.dev'],
            mutating: ['webhook.eventing.knative.dev', 'sinkbindings.webhook.sources.knative.dev'],
          }),
        ],
        policy: WAITING,
      }),
      channel(context),
      broker(context),
    ];
  },
};

/**
 * The manifest has no pods for it and empty settings; the controller of ping sources changes both with the first source.
 * https://github.com/knative/eventing/blob/main/pkg/reconciler/pingsource/pingsource.go
 */
const filledInByControllers = [{ kind: 'Deployment', name: 'pingsource-mt-adapter', namespace: NAMESPACE }];

function eventingPatches({ config, versions }: PhaseContext): ManifestPatch[] {
  if (!config.extras.zipkin) return [];
  return Object.entries(tracingEntries(versions.knativeEventing)).map(([name, data]) => ({
    kind: 'ConfigMap',
    name: `config-${name}`,
    namespace: NAMESPACE,
    merge: { data },
  }));
}

function channel(context: PhaseContext): Step {
  return clusterStep(context, PHASE, 'eventing-channel', {
    title: 'in-memory channel',
    needs: [clusterStepId(context, PHASE), artifactStep('in-memory-channel', context.controlPlane)],
    tasks: [
      applyManifest(context, 'in-memory-channel', 'the in-memory channel'),
      ...['imc-controller', 'imc-dispatcher'].map((name) => deploymentAvailable(NAMESPACE, name)),
      webhooksReady({
        validating: ['validation.inmemorychannel.eventing.knative.dev'],
        mutating: ['inmemorychannel.eventing.knative.dev'],
      }),
    ],
  });
}

function broker(context: PhaseContext): Step {
  return clusterStep(context, PHASE, 'eventing-broker', {
    title: 'broker',
    needs: [clusterStepId(context, 'eventing-channel'), artifactStep('mt-channel-broker', context.controlPlane)],
    tasks: [
      applyManifest(context, 'mt-channel-broker', 'the broker on channels'),
      ...['mt-broker-controller', 'mt-broker-filter', 'mt-broker-ingress'].map((name) =>
        deploymentAvailable(NAMESPACE, name),
      ),
    ],
  });
}
