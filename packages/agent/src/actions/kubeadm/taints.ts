import type { KubernetesObject } from '@vhive/shared';
import * as z from 'zod';
import type { ActionContext } from '../kit/action.ts';
import { commandFailed } from '../kit/failures.ts';
import { adminConf } from './paths.ts';

/**
 * The keys of the taint of control plane nodes. Kubernetes 1.24 sets both taints; later versions set only the first one
 * and earlier versions only the second.
 */
const keys = ['node-role.kubernetes.io/control-plane', 'node-role.kubernetes.io/master'];

const nodeSpec = z.object({
  spec: z.object({ taints: z.array(z.object({ key: z.string(), effect: z.string() })).default([]) }).prefault({}),
});

/** Returns the control plane taints of a node in the form in which kubectl names them ("key:effect"). */
export function controlPlaneTaints(node: KubernetesObject): string[] {
  return nodeSpec
    .parse(node)
    .spec.taints.filter(({ key }) => keys.includes(key))
    .map(({ key, effect }) => `${key}:${effect}`);
}

/** Returns the nodes that still have such a taint. */
export async function taintedNodes(context: ActionContext): Promise<{ node: string; taints: string[] }[]> {
  const api = await context.host.kubernetes(adminConf);
  const nodes = await api.list({ apiVersion: 'v1', kind: 'Node' }, { signal: context.signal });
  return nodes
    .map((node) => ({ node: node.metadata.name, taints: controlPlaneTaints(node) }))
    .filter(({ taints }) => taints.length > 0);
}

/**
 * Removes the control plane taints from all nodes. kubectl does it, because server-side apply cannot take away what
 * another manager has set.
 */
export async function removeTaints(context: ActionContext): Promise<void> {
  for (const { node, taints } of await taintedNodes(context)) {
    const result = await context.host.run(
      ['kubectl', '--kubeconfig', adminConf, 'taint', 'nodes', node, ...taints.map((taint) => `${taint}-`)],
      context.streamed,
    );
    if (result.exitCode !== 0) throw commandFailed(`kubectl taint nodes ${node}`, result);
  }
}
