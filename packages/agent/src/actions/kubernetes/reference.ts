import type { KubernetesObject } from '@vhive/shared';
import type { ObjectReference } from '../../host/kubernetes/kubernetes-api.ts';

/** What names the object. */
export function referenceTo(object: KubernetesObject): ObjectReference {
  const { namespace } = object.metadata;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name: object.metadata.name,
    ...(namespace === undefined ? {} : { namespace }),
  };
}

/** "Deployment kube-system/coredns", for a person. */
export function titleOf({ kind, name, namespace }: Omit<ObjectReference, 'apiVersion'>): string {
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
