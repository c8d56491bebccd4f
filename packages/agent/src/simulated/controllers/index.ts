import type { KubernetesObject } from '@vhive/shared';
import type { AppliedObjects, Controller } from './controller.ts';
import { apiService, customResourceDefinition, webhookConfiguration } from './extensions.ts';
import { knativeService } from './knative.ts';
import { service } from './services.ts';
import { daemonSet, deployment, job, statefulSet } from './workloads.ts';

/** The controllers by `<API group>/<kind>` of the objects that they act on. Other objects stay as they were applied. */
const controllers: Record<string, Controller> = {
  '/Service': service,
  'admissionregistration.k8s.io/MutatingWebhookConfiguration': webhookConfiguration,
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration': webhookConfiguration,
  'apiextensions.k8s.io/CustomResourceDefinition': customResourceDefinition,
  'apiregistration.k8s.io/APIService': apiService,
  'apps/DaemonSet': daemonSet,
  'apps/Deployment': deployment,
  'apps/StatefulSet': statefulSet,
  'batch/Job': job,
  'serving.knative.dev/Service': knativeService,
};

/** Returns the object as the controllers of the cluster leave it. */
export async function afterControllers(object: KubernetesObject, applied: AppliedObjects): Promise<KubernetesObject> {
  const controller = controllers[`${groupOf(object.apiVersion)}/${object.kind}`];
  return controller ? await controller(object, applied) : object;
}

/** Returns the API group of an apiVersion: "apps" for "apps/v1", and "" for "v1". */
export function groupOf(apiVersion: string): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}

export { endpointsOfServices } from './services.ts';
export { madeForStuck, podNameOf } from './stuck-pods.ts';
