import type { Step } from '@vhive/shared';
import { artifactStep } from '../kit/artifacts.ts';
import { clusterStep, deploymentAvailable, WAITING, webhooksReady } from '../kit/cluster-step.ts';
import type { PhaseContext } from '../kit/context.ts';
import { applyManifest, type ManifestPatch } from '../kit/manifests.ts';
import type { Phase } from '../kit/phase.ts';
import { clusterStepId } from '../kit/steps.ts';
import { controlPlaneStep } from '../kubernetes/control-plane.ts';
import { NODES_SETTLED } from '../kubernetes/nodes-ready.ts';
import { configMapPatches, eventingConfigMaps, withOwnEntries } from './config-maps.ts';
import { tracingEntries } from './tracing-config.ts';

const PHASE = 'eventing';
const kindsStep = (context: PhaseContext) => clusterStepId(context, 'eventing-crds');
const coreStep = (context: PhaseContext) => clusterStepId(context, 'eventing-core');
const runningStep = (context: PhaseContext) => clusterStepId(context, PHASE);
const channelStep = (context: PhaseContext) => clusterStepId(context, 'eventing-channel');
const NAMESPACE = 'knative-eventing';

const brokerStep = (context: PhaseContext) => clusterStepId(context, 'eventing-broker');

/**
 * The phase sets up Knative Eventing, which needs nothing of Serving. Its parts come up side by side: each takes twenty
 * seconds until it says that it is ready, and what the webhooks of another part hold up is tried again.
 */
export const eventing: Phase = {
  name: PHASE,
  title: 'Knative Eventing',
  description: 'Sets up Knative Eventing, the in-memory channel, and the broker on top of it',
  realness: {
    lab: 'real',
    note: 'The lab runs Knative Eventing of the version that this release knows, compiled from its Go module, from which its manifests are put together too.',
    byHand: ['kubectl get pods -n knative-eventing'],
  },
  assumedSeconds: 30,
  enabled: ({ features }) => features.eventing,
  components: { knativeEventing: 'control-plane' },
  manifests: ['eventing-crds', 'eventing-core', 'in-memory-channel', 'mt-channel-broker'],
  lastSteps: (context) => [runningStep(context), channelStep(context), brokerStep(context)],
  steps(context) {
    const { versions, controlPlane } = context;
    const version = versions.knativeEventing;
    return [
      clusterStep(context, PHASE, kindsStep(context), {
        title: 'custom resource definitions of Eventing',
        needs: [controlPlaneStep(context), artifactStep('eventing-crds', controlPlane)],
        tasks: [applyManifest(context, 'eventing-crds', `custom resource definitions of Knative Eventing ${version}`)],
      }),
      clusterStep(context, PHASE, coreStep(context), {
        title: 'Eventing',
        needs: [kindsStep(context), artifactStep('eventing-core', controlPlane)],
        tasks: [
          applyManifest(
            context,
            'eventing-core',
            `Knative Eventing ${version}`,
            configPatches(context, 'eventing-core'),
            filledInByControllers,
          ),
        ],
      }),
      clusterStep(context, PHASE, runningStep(context), {
        title: 'Eventing runs',
        needs: [coreStep(context), NODES_SETTLED],
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
 * The objects that controllers fill in. The manifest gives this Deployment no pods and empty settings, and the
 * controller of ping sources changes both with the first source.
 * https://github.com/knative/eventing/blob/main/pkg/reconciler/pingsource/pingsource.go
 */
const filledInByControllers = [{ kind: 'Deployment', name: 'pingsource-mt-adapter', namespace: NAMESPACE }];

/** Returns the patches of the ConfigMaps of one manifest: our entries, then the operator's own, which win. */
function configPatches(
  { config, features, versions }: PhaseContext,
  manifest: keyof typeof eventingConfigMaps,
): ManifestPatch[] {
  const ours = features.tracing ? tracingEntries(versions.knativeEventing) : {};
  const entries = withOwnEntries(ours, config.knative.eventingConfig);
  return configMapPatches(NAMESPACE, entries, eventingConfigMaps[manifest]);
}

function channel(context: PhaseContext): Step {
  return clusterStep(context, PHASE, channelStep(context), {
    title: 'in-memory channel',
    needs: [coreStep(context), NODES_SETTLED, artifactStep('in-memory-channel', context.controlPlane)],
    tasks: [
      applyManifest(context, 'in-memory-channel', 'the in-memory channel', configPatches(context, 'in-memory-channel')),
      ...['imc-controller', 'imc-dispatcher'].map((name) => deploymentAvailable(NAMESPACE, name)),
      webhooksReady({
        validating: ['validation.inmemorychannel.eventing.knative.dev'],
        mutating: ['inmemorychannel.eventing.knative.dev'],
      }),
    ],
  });
}

function broker(context: PhaseContext): Step {
  return clusterStep(context, PHASE, brokerStep(context), {
    title: 'broker',
    needs: [coreStep(context), NODES_SETTLED, artifactStep('mt-channel-broker', context.controlPlane)],
    tasks: [
      applyManifest(context, 'mt-channel-broker', 'the broker on top of channels'),
      ...['mt-broker-controller', 'mt-broker-filter', 'mt-broker-ingress'].map((name) =>
        deploymentAvailable(NAMESPACE, name),
      ),
    ],
  });
}
