import type { Step } from '@vhive/shared';
import { metricsServerStep } from '../extras/metrics-server.ts';
import { nvidiaStep } from '../extras/nvidia.ts';
import { prometheusStep } from '../extras/prometheus.ts';
import { registryHostsStep, registryStep } from '../extras/registry.ts';
import { tracingStep } from '../extras/tracing.ts';
import { clusterStep, clusterStepId } from '../kit/cluster-step.ts';
import type { PhaseContext } from '../kit/context.ts';
import type { Phase } from '../kit/phase.ts';
import { task } from '../kit/task.ts';
import { eventingStep } from '../knative/eventing.ts';
import { domainStep, gatewayAddress, gatewayStep, ingressStep } from '../knative/ingress.ts';
import { istioStep } from '../knative/istio.ts';
import { loadBalancerStep } from '../knative/load-balancer.ts';
import { servingStep } from '../knative/serving.ts';
import { NODES_SETTLED } from '../kubernetes/nodes-ready.ts';
import { sandboxClassesStep } from '../kubernetes/sandbox-classes.ts';
import { imagesStep } from '../runtime/images.ts';
import { smokeFunction } from './smoke-function.ts';

const PHASE = 'ready';

/** The last steps of everything; those that a configuration lacks are not waited for. */
const lastSteps = [
  ...[sandboxClassesStep, loadBalancerStep, istioStep, servingStep, ingressStep, domainStep, gatewayStep],
  ...[registryStep, eventingStep, tracingStep, metricsServerStep, prometheusStep, nvidiaStep],
];

/** Its steps; one that a configuration lacks is not waited for. */
export const readySteps = (context: PhaseContext) => ['ready-pods', PHASE].map((name) => clusterStepId(context, name));

/** The end: what a person would look for before running experiments. */
export const ready: Phase = {
  name: PHASE,
  title: 'Ready',
  description: 'Every pod runs, and a function is deployed, answers a call and is removed',
  realness: {
    lab: 'boundary',
    note: 'Pods are counted for real, and a container answers the call; Knative and its gateway are stand-ins there.',
    byHand: ['kubectl get pods -A', 'vhive-coord up --until ready'],
  },
  assumedSeconds: 30,
  steps(context) {
    const { knative, ready: wanted } = context.config;
    return [podsSettled(context), ...(knative.enabled && wanted.smokeTest ? [functionAnswers(context)] : [])];
  },
};

function podsSettled(context: PhaseContext): Step {
  return clusterStep(context, PHASE, 'ready-pods', {
    title: 'all pods run',
    needs: [NODES_SETTLED, ...lastSteps.map((step) => step(context))],
    after: [...context.nodes.map(imagesStep), ...context.nodes.map(registryHostsStep)],
    tasks: [
      task(
        'pods',
        'every pod runs or has completed',
        'kubernetes.wait',
        { for: { type: 'pods-settled' } },
        { timeLimitMs: context.config.ready.podsTimeoutSeconds * 1000 },
      ),
    ],
    policy: { retries: 0 },
  });
}

function functionAnswers(context: PhaseContext): Step {
  return clusterStep(context, PHASE, PHASE, {
    title: 'a function answers',
    needs: [clusterStepId(context, 'ready-pods'), gatewayStep(context)],
    tasks: [
      task('function', 'a function is deployed, answers and is removed', 'function.smoke-test', {
        service: smokeFunction(context),
        gateway: gatewayAddress(context),
      }),
    ],
    policy: { retries: 1, backoffMs: 5_000 },
  });
}
