import type { KubernetesObject } from '@vhive/shared';
import type { PhaseContext } from '../kit/context.ts';

/** vHive's test function, gRPC helloworld.Greeter. */
const helloWorld = 'ghcr.io/ease-lab/helloworld:var_workload';
/** What Kubernetes runs in the place of a function that is in a microVM: it only answers to probes. */
const stub = 'ghcr.io/vhive-serverless/crccheck-hello-world:latest';
const PORT = 50051;

/** Images of the smoke test's function, for nodes to have them before it is deployed. */
export function smokeImages({ config, features }: Pick<PhaseContext, 'config' | 'features'>): string[] {
  const real = config.ready.image ?? helloWorld;
  return features.microVms ? [stub, real] : [real];
}

/** A function in the sandbox that functions run in here. With firecracker the real image is pulled within the microVM. */
export function smokeFunction(context: PhaseContext): KubernetesObject {
  const [image = helloWorld, guest] = smokeImages(context);
  const inMicroVm = [
    { name: 'GUEST_PORT', value: String(PORT) },
    { name: 'GUEST_IMAGE', value: guest },
  ];
  const container = {
    image,
    // Of :latest Kubernetes would ask the registry each time, which an air gap does not have.
    imagePullPolicy: 'IfNotPresent',
    ports: [{ name: 'h2c', containerPort: PORT }],
    ...(guest === undefined ? {} : { env: inMicroVm }),
  };
  const sandbox = context.features.gvisor ? { runtimeClassName: 'gvisor' } : {};
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: 'vhive-smoke-test', namespace: 'default' },
    spec: { template: { spec: { ...sandbox, containers: [container] } } },
  };
}
