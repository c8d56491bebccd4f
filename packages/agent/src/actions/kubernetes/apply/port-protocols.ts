import type { KubernetesObject } from '@vhive/shared';

const isTree = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Adds the protocol TCP to a port of a list that names none. */
const withProtocol = (port: unknown) => (isTree(port) && !('protocol' in port) ? { ...port, protocol: 'TCP' } : port);

/**
 * Writes out the default protocol of container and service ports. The protocol is part of the key by which server-side
 * apply merges ports, and API servers before 1.22 refuse an object that leaves out a field of the key.
 */
export function withPortProtocols(object: KubernetesObject): KubernetesObject {
  const visit = (value: unknown, inContainers: boolean): unknown => {
    if (Array.isArray(value)) return value.map((item) => visit(item, inContainers));
    if (!isTree(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, field]) => {
        if (key === 'ports' && inContainers && Array.isArray(field)) return [key, field.map(withProtocol)];
        return [key, visit(field, key === 'containers' || key === 'initContainers')];
      }),
    );
  };
  // Only kinds whose schema is known are changed: a field `ports` of another kind may mean anything.
  if (object.kind === 'Service' && object.apiVersion === 'v1') {
    const { spec } = object as { spec?: unknown };
    if (!isTree(spec) || !Array.isArray(spec.ports)) return object;
    return { ...object, spec: { ...spec, ports: spec.ports.map(withProtocol) } };
  }
  const known = ['v1', 'apps/v1', 'batch/v1', 'batch/v1beta1'].includes(object.apiVersion);
  return known ? (visit(object, false) as KubernetesObject) : object;
}
