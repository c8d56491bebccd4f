import { defined, type KubernetesObject } from '@vhive/shared';
import type { ObjectReference } from './kubernetes-api.ts';

/** Returns the reference that names the object. */
export function referenceTo(object: KubernetesObject): ObjectReference {
  const { namespace } = object.metadata;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name: object.metadata.name,
    ...defined({ namespace }),
  };
}

/** Returns the title of an object for a person, such as "Deployment kube-system/coredns". */
export function titleOf({ kind, name, namespace }: Omit<ObjectReference, 'apiVersion'>): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
