import type { KubernetesObject } from '@vhive/shared';
import type { PhaseContext } from '../kit/context.ts';
import { smokeImages } from '../kit/smoke-images.ts';

const PORT = 50051;

/** Returns a function for the sandbox of this cluster. With firecracker vHive pulls the real image itself. */
export function smokeFunction(context: PhaseContext): KubernetesObject {
  const [image, guest] = smokeImages(context);
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
