import type { Step } from '@vhive/shared';
import { clusterStep, clusterStepId } from './cluster-step.ts';
import type { PhaseContext } from './context.ts';
import { eventingStep } from './eventing.ts';
import { imagesStep } from './images.ts';
import { domainStep, gatewayAddress, gatewayStep, ingressStep } from './ingress.ts';
import { istioStep } from './istio.ts';
import { loadBalancerStep } from './load-balancer.ts';
import { registryHostsStep, registryStep } from './local-registry.ts';
import { metricsServerStep } from './metrics-server.ts';
import { NODES_SETTLED } from './nodes-ready.ts';
import { nvidiaStep } from './nvidia.ts';
import type { Phase } from './phase.ts';
import { prometheusStep } from './prometheus.ts';
import { sandboxClassesStep } from './sandbox-classes.ts';
import { servingStep } from './serving.ts';
import { smokeFunction } from './smoke-function.ts';
import { task } from './task.ts';
import { tracingStep } from './tracing.ts';

const PHASE = 'ready';

/** The last steps of everything; those that a configuration lacks are not waited for. */
const lastSteps = [
  ...[loadBalancerStep, istioStep, servingStep, ingressStep, domainStep, gatewayStep, registryStep, eventingStep],
  ...[sandboxClassesStep, tracingStep, metricsServerStep, prometheusStep, nvidiaStep],
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
    after: [...context.nodes.map(registryHostsStep), ...context.nodes.map(imagesStep)],
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
