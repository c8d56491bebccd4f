import { isUnknownKind, isWebhookDown, KubernetesError } from '@vhive/base/kubernetes/kubernetes-error';
import { referenceTo, titleOf } from '@vhive/base/kubernetes/reference';
import type { KubernetesObject } from '@vhive/shared';
import type { ActionError } from '../kit/action.ts';
import { failed, failedForGood } from '../kit/failures.ts';

/**
 * The words of the API server about fields that cannot change after they were set, in Jobs, Services, selectors and
 * volume claims.
 */
const immutable =
  /field is immutable|may not change once set|immutable after creation|updates to \w+ spec for fields other/i;

/** Returns the command that deletes an object. */
function deletion({ kind, metadata: { name, namespace } }: KubernetesObject): string {
  return `kubectl delete ${kind.toLowerCase()} ${name}${namespace === undefined ? '' : ` -n ${namespace}`}`;
}

/** Makes the failure of an object that the API server did not take, with what to do about it. */
export function refusalOf(object: KubernetesObject, error: Error): ActionError {
  const message = `${titleOf(referenceTo(object))} cannot be applied: ${error.message}`;
  if (/field not declared in schema/.test(error.message))
    return failedForGood(message, {
      hint: 'the manifest is for a newer Kubernetes: choose versions that go together in the cluster file (versions)',
    });
  if (immutable.test(error.message))
    return failedForGood(message, {
      hint: `what stands in the cluster cannot be changed into it: ${deletion(object)}, then resume`,
    });
  if (/namespaces? ".*" not found/.test(error.message))
    return failed(message, { hint: 'the namespace is made by another part of the set-up: kubectl get namespaces' });
  if (isUnknownKind(error))
    return failed(message, {
      hint: `the cluster has no definition of ${object.kind} in ${object.apiVersion}: kubectl get crds`,
    });
  if (isWebhookDown(error))
    return failed(message, {
      hint: 'the webhook has no ready pod: kubectl get pods -A; kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations',
    });
  // An object whose content was refused will be refused again.
  const content = error instanceof KubernetesError && (error.status === 400 || error.status === 422);
  return content ? failedForGood(message) : failed(message);
}
