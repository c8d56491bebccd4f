import { hasCondition, unmetCondition } from '@vhive/base/kubernetes/conditions';
import * as z from 'zod';
import { objectTarget } from './object-target.ts';
import type { Seen, WaitTarget } from './wait-target.ts';

const node = z.object({ spec: z.looseObject({ podCIDR: z.string().optional() }).prefault({}) });

/** Returns the range of pod addresses of a node, once the node has one. */
function podCidrOf(object: Seen): string | undefined {
  const parsed = node.safeParse(object);
  return parsed.success ? parsed.data.spec.podCIDR : undefined;
}

const reference = (name: string) => ({ apiVersion: 'v1', kind: 'Node', name });
const unregistered = (name: string) => `node ${name} is not registered yet`;

/** Waits until the node says that it is Ready. */
export function nodeReady({ node: name }: { node: string }): WaitTarget {
  return objectTarget({
    reference: reference(name),
    saysAll: true,
    reached: (object) => hasCondition(object, 'Ready'),
    state: (object) =>
      object === undefined ? unregistered(name) : unmetCondition(object, 'Ready') || 'its kubelet has said nothing yet',
  });
}

/** Waits until the node object exists and has its range of pod addresses. */
export function nodeRegistered({ node: name }: { node: string }): WaitTarget {
  return objectTarget({
    reference: reference(name),
    saysAll: true,
    reached: (object) => podCidrOf(object) !== undefined,
    state: (object) =>
      object === undefined
        ? unregistered(name)
        : 'it has no range of pod addresses yet: does the controller manager run?',
    outputs: (object) => {
      const podCidr = podCidrOf(object);
      return podCidr === undefined ? {} : { podCidr };
    },
  });
}
