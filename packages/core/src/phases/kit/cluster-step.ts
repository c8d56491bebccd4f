import type { KubernetesObject, Step, Task } from '@vhive/shared';
import type { PhaseContext } from './context.ts';
import { nodeStep, type StepId, type StepInit } from './steps.ts';
import { task } from './task.ts';

/** Makes a step for the cluster as a whole, which the control plane carries out. */
export function clusterStep(context: PhaseContext, phase: string, id: StepId, init: Omit<StepInit, 'id'>): Step {
  const policy = { retries: 4, backoffMs: 5_000, ...init.policy };
  return nodeStep(context, phase, context.controlPlane, { ...init, policy, id });
}

/**
 * The policy of steps that only wait. They are patient by themselves, so a single further attempt is enough: it looks
 * once more at what a person may have put right meanwhile.
 */
export const WAITING = { retries: 1, backoffMs: 5_000 } as const;

/** Makes a task that waits until a Deployment has its pods. */
export function deploymentAvailable(namespace: string, name: string): Task {
  return task(`deployment-${name}`, `${namespace}/${name} is available`, 'kubernetes.wait', {
    for: { type: 'deployment-available', namespace, name },
  });
}

/**
 * Makes a task that waits until webhooks answer. Until then the API server refuses the objects that they judge ("failed
 * calling webhook"), which is the failure that set-ups meet most often.
 */
export function webhooksReady(webhooks: { validating?: readonly string[]; mutating?: readonly string[] }): Task {
  const { validating = [], mutating = [] } = webhooks;
  const count = validating.length + mutating.length;
  return task('webhooks', count === 1 ? 'the webhook answers' : `${count} webhooks answer`, 'kubernetes.wait', {
    for: { type: 'webhooks-ready', validating, mutating },
  });
}

/** Makes a task that applies objects of our own. */
export function applyObjects(id: string, title: string, objects: readonly KubernetesObject[]): Task {
  return task(id, title, 'kubernetes.apply', { objects });
}

/** Makes the object of a namespace. */
export function namespaceObject(name: string): KubernetesObject {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}
