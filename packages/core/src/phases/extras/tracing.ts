import { applyObjects, clusterStep, deploymentAvailable, WAITING } from '../kit/cluster-step.ts';
import type { PhaseContext } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { clusterStepId } from '../kit/steps.ts';
import { ISTIO_NAMESPACE } from '../knative/istio.ts';
import { controlPlaneStep } from '../kubernetes/control-plane.ts';
import { NODES_SETTLED } from '../kubernetes/nodes-ready.ts';
import { tracingObjects } from './tracing-objects.ts';

const PHASE = 'tracing';
const objectsStep = (context: PhaseContext) => clusterStepId(context, 'tracing-objects');

/** The step after which traces can be looked at. */
const tracingStep = (context: PhaseContext) => clusterStepId(context, PHASE);

/**
 * The phase sets up what traces are sent to. That Knative sends them there is part of how Serving and Eventing are
 * applied.
 */
export const tracing: Phase = {
  name: PHASE,
  title: 'Tracing',
  description: 'Sets up Zipkin with a collector for OpenTelemetry, to which Knative sends its traces, where asked for',
  realness: {
    lab: 'boundary',
    note: 'Only the objects are made, because the images cannot be had in the lab.',
    byHand: ['kubectl port-forward -n istio-system service/zipkin 9411'],
  },
  assumedSeconds: 20,
  enabled: ({ features }) => features.tracing,
  components: { zipkin: 'nodes', otelCollector: 'nodes' },
  lastSteps: (context) => [tracingStep(context)],
  steps(context) {
    const { versions } = context;
    return [
      clusterStep(context, PHASE, objectsStep(context), {
        title: 'Zipkin',
        needs: [controlPlaneStep(context)],
        tasks: [applyObjects('zipkin', `Zipkin ${versions.zipkin}`, tracingObjects(context))],
      }),
      clusterStep(context, PHASE, tracingStep(context), {
        title: 'Zipkin runs',
        needs: [objectsStep(context), NODES_SETTLED],
        tasks: [deploymentAvailable(ISTIO_NAMESPACE, 'zipkin')],
        policy: WAITING,
      }),
    ];
  },
};
