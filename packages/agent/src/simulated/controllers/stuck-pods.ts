import { FUNCTION_LABEL, type KubernetesObject } from '@vhive/shared';
import { type AppliedObjects, part } from './controller.ts';
import type { StuckWorkload } from './stuck.ts';

/** Returns the entry by which a workload is to be stuck, if there is one. */
export async function stuckAs(
  { kind, metadata }: KubernetesObject,
  applied: AppliedObjects,
): Promise<StuckWorkload | undefined> {
  const { name, namespace = 'default' } = metadata;
  return (await applied.stuck()).find(
    (each) => each.kind === kind && each.name === name && each.namespace === namespace,
  );
}

/** Returns the name of the pod of a stuck workload, which is the only pod that the simulation makes. */
export const podNameOf = ({ kind, name }: StuckWorkload): string =>
  kind === 'Service' ? `${name}-00001-deployment-simulated` : `${name}-simulated`;

/** Returns what the cluster has of a kind for stuck workloads that were applied: a pod for each, and an event about it. */
export async function madeForStuck(kind: string, applied: AppliedObjects): Promise<KubernetesObject[]> {
  if (kind !== 'Pod' && kind !== 'Event') return [];
  const made = (await applied.stuck()).map(async (stuck) => {
    const group = stuck.kind === 'Service' ? 'serving.knative.dev' : 'apps';
    const owner = (await applied.ofKind(stuck.kind, group)).find(
      ({ metadata }) => metadata.name === stuck.name && (metadata.namespace ?? 'default') === stuck.namespace,
    );
    if (!owner) return [];
    return [kind === 'Pod' ? podOf(stuck, labelsOf(stuck, owner)) : eventOf(stuck)];
  });
  return (await Promise.all(made)).flat();
}

function labelsOf({ kind, name }: StuckWorkload, owner: KubernetesObject): Record<string, unknown> {
  return kind === 'Service' ? { [FUNCTION_LABEL]: name } : part(owner, 'spec', 'selector', 'matchLabels');
}

function podOf(stuck: StuckWorkload, labels: Record<string, unknown>): KubernetesObject {
  const { namespace, container, reason, message } = stuck;
  const unscheduled = reason === 'Unschedulable';
  const status = unscheduled
    ? { conditions: [{ type: 'PodScheduled', status: 'False', reason, message }] }
    : { containerStatuses: [{ name: container, ready: false, state: { waiting: { reason, message } } }] };
  const spec = { containers: [{ name: container }], ...(unscheduled ? {} : { nodeName: 'simulated' }) };
  const metadata = { namespace, name: podNameOf(stuck), labels };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec, status: { phase: 'Pending', ...status } };
}

function eventOf(stuck: StuckWorkload): KubernetesObject {
  const { namespace, reason, message } = stuck;
  const name = podNameOf(stuck);
  return {
    ...{ apiVersion: 'v1', kind: 'Event', metadata: { namespace, name }, type: 'Warning' },
    ...{ reason: reason === 'Unschedulable' ? 'FailedScheduling' : 'Failed', message: `Error: ${message}` },
    involvedObject: { kind: 'Pod', name },
  };
}
