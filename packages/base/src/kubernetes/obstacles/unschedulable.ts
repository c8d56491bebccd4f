import type { KubernetesObject } from '@vhive/shared';
import * as z from 'zod';
import { hasCondition } from '../conditions.ts';
import type { Final } from './obstacle.ts';
import type { Pod } from './pod.ts';

/** A pod that no node takes is given up after this many milliseconds, in which a node may have joined. */
const SURE_MS = 45_000;

/** "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) had untolerated taint(s). preemption: ..." */
const nobodyTakesIt = /^0\/([1-9]\d*) nodes are available: (.*?)(?:\. |\.?$)/s;
/** What goes away by itself: a volume that is being made, a plugin that has an error. */
const passing = /PersistentVolumeClaim|persistent volume|volume node affinity|error|waiting/i;
/** The taints by which Kubernetes itself marks nodes that are not well at the moment. */
const passingTaint =
  /^node\.(?:kubernetes\.io\/(?:not-ready|unreachable|network-unavailable|\w+-pressure)|cloudprovider\.kubernetes\.io\/)/;

const node = z.object({
  spec: z.looseObject({ taints: z.array(z.looseObject({ key: z.string() })).default([]) }).prefault({}),
});

/** What is known of the cluster when a pod finds no node. */
export interface ClusterNow {
  nodes: readonly KubernetesObject[];
  /** Whether some pod is being removed, which makes room. */
  isMakingRoom: boolean;
}

/** Returns what the scheduler says of a pod that has no node; '' when it has one, or the scheduler has said nothing. */
export function unscheduledMessage({ spec, status }: Pod): string {
  if (spec.nodeName !== undefined) return '';
  const condition = status.conditions.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False');
  return condition?.message ?? '';
}

/**
 * Tells whether a pod that no node takes will find none by waiting. It may find one while a node is not Ready or is
 * marked as unwell, while room is being made, or while a volume is missing.
 */
export function finalUnschedulable(pod: Pod, { nodes, isMakingRoom }: ClusterNow): Final | undefined {
  const [, , causes] = nobodyTakesIt.exec(unscheduledMessage(pod)) ?? [];
  if (causes === undefined || passing.test(causes) || pod.metadata.deletionTimestamp !== undefined) return undefined;
  if (nodes.length === 0 || nodes.some((each) => !isWell(each))) return undefined;
  if (isMakingRoom && /Insufficient|Too many pods|free ports/i.test(causes)) return undefined;
  const { namespace, name } = pod.metadata;
  return {
    key: `${namespace}/${name}: unschedulable`,
    holdMs: SURE_MS,
    hint: `kubectl -n ${namespace} describe pod ${name}; kubectl describe nodes`,
  };
}

function isWell(object: KubernetesObject): boolean {
  const parsed = node.safeParse(object);
  if (!parsed.success || !hasCondition(object, 'Ready')) return false;
  return !parsed.data.spec.taints.some(({ key }) => passingTaint.test(key));
}
