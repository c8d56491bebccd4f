import type { KubernetesObject } from '@vhive/shared';
import * as z from 'zod';
import type { Action } from '../kit/action.ts';
import { failed } from '../kit/failures.ts';
import { adminConf } from '../kubeadm/paths.ts';
import { applyObjects } from './apply/apply-objects.ts';
import { asFieldManager } from './field-manager.ts';

/**
 * The field manager of the labels. By it, labels that an earlier set-up gave and this one does not are removed, while
 * those that somebody else owns stay.
 */
const FIELD_MANAGER = 'vhive-labels';

const reference = (name: string) => ({ apiVersion: 'v1', kind: 'Node', name });

const labelsOf = (object: KubernetesObject) => (object.metadata as { labels?: Record<string, string> }).labels ?? {};

/** The owners of fields, as the API server keeps them. */
const owners = z.array(
  z.looseObject({
    manager: z.string().default(''),
    fieldsV1: z
      .looseObject({
        'f:metadata': z.looseObject({ 'f:labels': z.record(z.string(), z.unknown()).default({}) }).prefault({}),
      })
      .prefault({}),
  }),
);

/** Returns the labels that an earlier run gave. */
function givenBefore({ metadata }: KubernetesObject): string[] {
  const parsed = owners.safeParse(metadata.managedFields);
  return (parsed.success ? parsed.data : [])
    .filter(({ manager }) => manager === FIELD_MANAGER)
    .flatMap(({ fieldsV1 }) => Object.keys(fieldsV1['f:metadata']['f:labels']))
    .flatMap((field) => (field.startsWith('f:') ? [field.slice(2)] : []));
}

/** The action `kubernetes.labels`, whose contract says what it does. */
export const kubernetesLabels: Action<'kubernetes.labels'> = {
  async check({ node, labels }, { host, signal }) {
    const wanted = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    const thereIsOne = (await host.stat(adminConf)) !== undefined;
    const live = thereIsOne ? await (await host.kubernetes(adminConf)).get(reference(node), { signal }) : undefined;
    if (live === undefined) {
      // A node that does not exist has no labels to remove.
      if (wanted.length === 0) return { converged: true, outputs: {} };
      const once = thereIsOne ? 'it is a member' : 'there is a cluster';
      return { converged: false, changes: [`node ${node} gets ${wanted.join(', ')}, once ${once}`] };
    }
    const now = labelsOf(live);
    const changes = Object.entries(labels).flatMap(([key, value]) => {
      if (now[key] === value) return [];
      return [`node ${node}: label ${key}=${value}${now[key] === undefined ? '' : `, now ${now[key]}`}`];
    });
    for (const key of givenBefore(live))
      if (!Object.hasOwn(labels, key)) changes.push(`node ${node}: label ${key} is taken back`);
    return changes.length > 0 ? { converged: false, changes } : { converged: true, outputs: {} };
  },

  async apply({ node, labels }, context) {
    const api = asFieldManager(await context.host.kubernetes(adminConf), FIELD_MANAGER);
    const live = await api.get(reference(node), { signal: context.signal });
    if (live === undefined)
      throw failed(`node ${node} is not in the cluster, so it cannot be labelled`, {
        hint: `kubectl get nodes; a node registers itself when it joins: see the join of ${node}`,
      });
    // With the uid, the server changes this very node, and never makes a node that has gone in the meantime.
    const { uid } = live.metadata;
    const metadata = { name: node, labels, ...(typeof uid === 'string' ? { uid } : {}) };
    await applyObjects(api, [{ apiVersion: 'v1', kind: 'Node', metadata }], context);
    return {};
  },
};
