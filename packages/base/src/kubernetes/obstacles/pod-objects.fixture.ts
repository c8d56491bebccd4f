import type { KubernetesObject } from '@vhive/shared';
import { type Pod, podOf } from './pod.ts';

/** Makes a pod `here/NAME` with one container `main`, as the API server gives it. */
export function podObject(
  name: string,
  status: object,
  { node = 'node1', metadata = {} }: { node?: string | null; metadata?: object } = {},
): KubernetesObject {
  const spec = { containers: [{ name: 'main' }], ...(node === null ? {} : { nodeName: node }) };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'here', labels: { app: name }, ...metadata },
    spec,
    status: { phase: 'Pending', ...status },
  };
}

/** Returns the status of a pod whose container waits, in the kubelet's words. */
export const waitingStatus = (reason: string, message = '', more: object = {}) => ({
  containerStatuses: [{ name: 'main', ready: false, state: { waiting: { reason, message } }, ...more }],
});

/** Returns the status of a pod that the scheduler finds no node for, in its words. */
export const unscheduledStatus = (message: string) => ({
  conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
});

/** Makes a node that is Ready or not, with taints of these keys. */
export const nodeObject = (name: string, { ready = true, taints = [] as string[] } = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name },
  spec: { taints: taints.map((key) => ({ key, effect: 'NoSchedule' })) },
  status: { conditions: [{ type: 'Ready', status: ready ? 'True' : 'Unknown' }] },
});

/** Reads a pod that is known to be one. */
export function readPod(object: KubernetesObject): Pod {
  const pod = podOf(object);
  if (!pod) throw new Error(`${object.metadata.name} is no pod`);
  return pod;
}
