import type { KubernetesObject } from '@vhive/shared';
import { isTree, type Tree } from '../apply/merge.ts';

/** The path of the pod specification in each kind of object that makes pods. */
const PATHS: Record<string, readonly string[]> = {
  Pod: ['spec'],
  Deployment: ['spec', 'template', 'spec'],
  DaemonSet: ['spec', 'template', 'spec'],
  StatefulSet: ['spec', 'template', 'spec'],
  ReplicaSet: ['spec', 'template', 'spec'],
  ReplicationController: ['spec', 'template', 'spec'],
  Job: ['spec', 'template', 'spec'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template', 'spec'],
};

/**
 * Returns the object with its pod specification changed. It is undefined when its kind makes no pods or the object has
 * no pod specification.
 */
export function changePodSpec(object: KubernetesObject, change: (spec: Tree) => Tree): KubernetesObject | undefined {
  const path = PATHS[object.kind];
  if (!path) return undefined;
  const descend = (value: unknown, [key, ...rest]: readonly string[]): Tree | undefined => {
    if (!isTree(value)) return undefined;
    if (key === undefined) return change(value);
    const inner = descend(value[key], rest);
    return inner && { ...value, [key]: inner };
  };
  return descend(object, path) as KubernetesObject | undefined;
}
