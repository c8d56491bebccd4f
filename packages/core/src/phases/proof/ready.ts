import type { Step } from '@vhive/shared';
import { registryHostsStep, registryStep } from '../extras/registry.ts';
import { clusterStep } from '../kit/cluster-step.ts';
import type { PhaseContext } from '../kit/context.ts';
import type { Phase, PlanContext } from '../kit/phase.ts';
import { pushedSmokeImage } from '../kit/smoke-images.ts';
import { clusterStepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { gatewayAddress, gatewayStep } from '../knative/ingress.ts';
import { NODES_SETTLED } from '../kubernetes/nodes-ready.ts';
import { imagesStep } from '../runtime/images.ts';
import { runtimeStep } from '../runtime/runtime.ts';
import { smokeFunction } from './smoke-function.ts';

const PHASE = 'ready';
const podsStep = (context: PhaseContext) => clusterStepId(context, 'ready-pods');
const smokeImageStep = (context: PhaseContext) => clusterStepId(context, 'smoke-image');
const functionStep = (context: PhaseContext) => clusterStepId(context, PHASE);

/** Returns the steps after which the cluster is ready, as far as the cluster file asks for proof. */
export const readySteps = (context: PhaseContext) => [
  podsStep(context),
  ...(context.features.smokeFunction ? [functionStep(context)] : []),
];

/** The phase checks what a person would check before running experiments. */
export const ready: Phase = {
  name: PHASE,
  title: 'Ready',
  description: 'Waits until every pod runs, then deploys a function, calls it and removes it',
  realness: {
    lab: 'real',
    note: 'A function in a container answers the call through Istio’s gateway. It is a Greeter of the lab’s own in place of vHive’s image; in a microVM it never ran there.',
    byHand: ['kubectl get pods -A', 'vhive-coord up --until ready'],
  },
  assumedSeconds: 30,
  steps: (context) => [
    ...pushSmokeImage(context),
    podsSettled(context),
    ...(context.features.smokeFunction ? [functionAnswers(context)] : []),
  ],
};

/** Makes the step that puts the image of the test function where vHive can pull it without the internet. */
function pushSmokeImage(context: PhaseContext): Step[] {
  const image = pushedSmokeImage(context);
  if (image === undefined) return [];
  const { controlPlane } = context;
  return [
    clusterStep(context, PHASE, smokeImageStep(context), {
      title: 'image of the test function',
      needs: [
        registryStep(context),
        registryHostsStep(controlPlane),
        runtimeStep(controlPlane),
        imagesStep(controlPlane),
      ],
      tasks: [
        // It is there already where it was loaded beforehand.
        task('pull', image.ref, 'image', { ref: image.ref, archive: null }),
        task('push', `${image.ref} as ${image.target}`, 'image.push', image),
      ],
      policy: { retries: 2, backoffMs: 5_000 },
    }),
  ];
}

/** Makes the step that waits for all pods, after the last steps of every phase. */
function podsSettled(context: PlanContext): Step {
  const { config, facts } = context;
  return clusterStep(context, PHASE, podsStep(context), {
    title: 'all pods run',
    needs: [NODES_SETTLED, ...facts.lastSteps],
    after: facts.lastNodeSteps,
    tasks: [
      task(
        'pods',
        'every pod runs or has completed',
        'kubernetes.wait',
        { for: { type: 'pods-settled' } },
        { timeLimitMs: config.ready.podsTimeoutSeconds * 1000 },
      ),
    ],
    policy: { retries: 0 },
  });
}

function functionAnswers(context: PhaseContext): Step {
  return clusterStep(context, PHASE, functionStep(context), {
    title: 'a function answers',
    needs: [
      podsStep(context),
      gatewayStep(context),
      ...(pushedSmokeImage(context) === undefined ? [] : [smokeImageStep(context)]),
    ],
    tasks: [
      task('function', 'a function is deployed, answers and is removed', 'function.smoke-test', {
        service: smokeFunction(context),
        gateway: gatewayAddress(context),
      }),
    ],
    policy: { retries: 1, backoffMs: 5_000 },
  });
}
