import type { KubernetesObject } from '@vhive/shared';
import { isGvisor, isMicroVm } from '../features.ts';
import { type CatalogueFunction, MICRO_VM_STUB, type Sandbox } from './catalogue.ts';

/** The API group and version of functions: they are Services of Knative, not of Kubernetes. */
export const KNATIVE_SERVING = 'serving.knative.dev/v1';

/** Whether an object is a function, which is a Service of Knative. */
export function isFunction({ apiVersion, kind }: KubernetesObject): boolean {
  return kind === 'Service' && apiVersion.startsWith('serving.knative.dev/');
}

/**
 * Makes the Knative Service of a function for a sandbox. In a microVM the function is the guest: vHive pulls its image
 * itself, and the container that Kubernetes sees is a stub.
 */
export function functionService(
  entry: CatalogueFunction,
  { sandbox, name = entry.name, namespace }: { sandbox: Sandbox; name?: string; namespace?: string },
): KubernetesObject {
  const inMicroVm = isMicroVm(sandbox);
  const port = (inMicroVm ? entry.microVmPort : undefined) ?? entry.port;
  const guest = {
    GUEST_PORT: String(port),
    GUEST_IMAGE: entry.microVmImage ?? entry.image,
  };
  const env = Object.entries({ ...(inMicroVm ? guest : {}), ...entry.env }).map(([key, value]) => ({
    name: key,
    value,
  }));
  const container = {
    image: inMicroVm ? MICRO_VM_STUB : entry.image,
    // For the tag latest Kubernetes would ask the registry each time, which cannot be reached behind an air gap.
    imagePullPolicy: 'IfNotPresent',
    ports: [{ name: 'h2c', containerPort: port }],
    ...(env.length === 0 ? {} : { env }),
  };
  const { annotations, containerConcurrency } = entry;
  const spec = {
    ...(isGvisor(sandbox) ? { runtimeClassName: 'gvisor' } : {}),
    ...(containerConcurrency === undefined ? {} : { containerConcurrency }),
    containers: [container],
  };
  return {
    apiVersion: KNATIVE_SERVING,
    kind: 'Service',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    spec: { template: { ...(annotations === undefined ? {} : { metadata: { annotations } }), spec } },
  };
}
