import type { KubernetesObject } from '@vhive/shared';
import type { PhaseContext } from '../kit/context.ts';

/** The image of vHive's test function, which serves gRPC helloworld.Greeter. */
const helloWorld = 'ghcr.io/ease-lab/helloworld:var_workload';
/** The image that Kubernetes runs in place of a function that is in a microVM. It only answers probes. */
const stub = 'ghcr.io/vhive-serverless/crccheck-hello-world:latest';
const PORT = 50051;

/**
 * Returns the images of the smoke test's function. The first is that of its container; a second one is that of its
 * microVM.
 */
export function smokeImages({ config, features }: Pick<PhaseContext, 'config' | 'features'>): string[] {
  const real = config.ready.image ?? helloWorld;
  return features.microVms ? [stub, real] : [real];
}

/** Returns a function for the sandbox of this cluster. With firecracker the real image is pulled within the microVM. */
export function smokeFunction(context: PhaseContext): KubernetesObject {
  const [image = helloWorld, guest] = smokeImages(context);
  const inMicroVm = [
    { name: 'GUEST_PORT', value: String(PORT) },
    { name: 'GUEST_IMAGE', value: guest },
  ];
  const container = {
    image,
    // For the tag latest Kubernetes would ask the registry each time, which cannot be reached behind an air gap.
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
