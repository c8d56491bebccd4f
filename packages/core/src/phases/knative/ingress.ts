import { output, type Step } from '@vhive/shared';
import { artifactStep } from '../kit/artifacts.ts';
import { clusterStep, deploymentAvailable, WAITING, webhooksReady } from '../kit/cluster-step.ts';
import type { PhaseContext } from '../kit/context.ts';
import { applyManifest, MANIFESTS } from '../kit/manifests.ts';
import type { Phase } from '../kit/phase.ts';
import { clusterStepId } from '../kit/steps.ts';
import { task } from '../kit/task.ts';
import { configMapPatches, servingConfigMaps } from './config-maps.ts';
import { ISTIO_NAMESPACE, istioStep } from './istio.ts';
import { loadBalancerStep } from './load-balancer.ts';
import { servingStep } from './serving.ts';

const PHASE = 'ingress';
const DOMAIN_FILE = `${MANIFESTS}/config-domain.yaml`;

/** The step after which functions can be called from outside. */
const ingressStep = (context: PhaseContext) => clusterStepId(context, PHASE);
/** The step after which functions have names that lead to the gateway. */
const domainStep = (context: PhaseContext) => clusterStepId(context, 'ingress-domain');
/** The step that learns the gateway's address. */
export const gatewayStep = (context: PhaseContext) => clusterStepId(context, 'gateway');
/** Returns a reference to the IPv4 address of the ingress gateway. */
export const gatewayAddress = (context: PhaseContext) => output(gatewayStep(context), 'address', 'address');

/** Whether the domain of functions is made from the gateway's address, because the operator gave none. */
const hasMagicDomain = ({ config }: PhaseContext) => config.knative.domain === undefined;

/** The phase connects Knative with Istio and gives functions their names. */
export const ingress: Phase = {
  name: PHASE,
  title: 'Ingress',
  description: 'Sets up net-istio, waits for the address of the gateway, and sets the domain of functions',
  realness: {
    lab: 'boundary',
    note: 'The domain is written from the gateway’s address, not by upstream’s default-domain Job, which looks for the address itself and cannot be applied twice. net-istio is a stand-in in the lab: a controller of the lab’s own, in Go, that makes the same objects of Istio.',
    byHand: [
      'kubectl get service istio-ingressgateway -n istio-system',
      'kubectl get configmap config-domain -n knative-serving -o yaml',
    ],
  },
  assumedSeconds: 20,
  enabled: ({ features }) => features.serving,
  components: { netIstio: 'control-plane' },
  manifests: ['net-istio'],
  lastSteps: (context) => [
    ingressStep(context),
    ...(hasMagicDomain(context) ? [domainStep(context)] : []),
    gatewayStep(context),
  ],
  steps(context) {
    const gateway = clusterStep(context, PHASE, gatewayStep(context), {
      title: 'address of the gateway',
      needs: [istioStep(context), loadBalancerStep(context)],
      tasks: [
        task('address', 'the gateway has an address', 'kubernetes.wait', {
          for: { type: 'service-address', namespace: ISTIO_NAMESPACE, name: 'istio-ingressgateway' },
        }),
      ],
      policy: WAITING,
    });
    return [netIstio(context), gateway, ...(hasMagicDomain(context) ? [magicDomain(context)] : [])];
  },
};

/**
 * Makes the step of net-istio. Istio's webhook judges its gateways and Serving's its settings, so both must run before
 * it.
 */
function netIstio(context: PhaseContext): Step {
  const { config, versions, controlPlane } = context;
  return clusterStep(context, PHASE, ingressStep(context), {
    title: 'net-istio',
    needs: [istioStep(context), servingStep(context), artifactStep('net-istio', controlPlane)],
    tasks: [
      applyManifest(
        context,
        'net-istio',
        `net-istio ${versions.netIstio}`,
        configMapPatches('knative-serving', config.knative.config, servingConfigMaps['net-istio']),
      ),
      ...['net-istio-controller', 'net-istio-webhook'].map((name) => deploymentAvailable('knative-serving', name)),
      webhooksReady({
        validating: ['config.webhook.istio.networking.internal.knative.dev'],
        mutating: ['webhook.istio.networking.internal.knative.dev'],
      }),
    ],
  });
}

/**
 * The ConfigMap of the domain. sslip.io answers with the address that is written in the name, so that nobody needs a
 * DNS server of their own.
 */
const configDomain = `apiVersion: v1
kind: ConfigMap
metadata:
  name: config-domain
  namespace: knative-serving
data:
  "{value}.sslip.io": ""
`;

/**
 * Makes the step that sets the domain from the gateway's address. The domain belongs to a field manager of its own:
 * Serving's manifest gives the same ConfigMap without it, and would take it away again with every run.
 */
function magicDomain(context: PhaseContext): Step {
  return clusterStep(context, PHASE, domainStep(context), {
    title: 'domain of functions',
    needs: [gatewayStep(context), servingStep(context)],
    tasks: [
      task('file', 'the domain, from the gateway’s address', 'file', {
        state: 'present',
        path: DOMAIN_FILE,
        content: output(gatewayStep(context), 'address', 'address', { within: configDomain }),
      }),
      task('domain', 'functions are called <function>.<namespace>.<address>.sslip.io', 'kubernetes.apply', {
        file: DOMAIN_FILE,
        fieldManager: 'vhive-domain',
      }),
    ],
  });
}
