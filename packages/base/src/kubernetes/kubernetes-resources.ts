import { defined } from '@vhive/shared';
import * as z from 'zod';
import type { ObjectReference } from './kubernetes-api.ts';
import { KubernetesError } from './kubernetes-error.ts';
import type { KubernetesTransport } from './kubernetes-transport.ts';

const resourceList = z.object({
  resources: z.array(z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean() })),
});

type Kind = Omit<ObjectReference, 'name'>;

/**
 * Finds the paths of kinds by asking the API server what it serves. Only kinds that were found are remembered, because
 * others may be added later.
 */
export function createResourcePaths(transport: KubernetesTransport) {
  const known = new Map<string, { plural: string; namespaced: boolean }>();
  const root = (apiVersion: string) => (apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`);

  async function resource(kind: Kind, signal?: AbortSignal) {
    const key = `${kind.apiVersion} ${kind.kind}`;
    const found = known.get(key);
    if (found) return found;
    let served: z.infer<typeof resourceList>['resources'] = [];
    try {
      const answer = await transport.json({ path: root(kind.apiVersion), ...defined({ signal }) });
      served = resourceList.parse(answer).resources;
    } catch (error) {
      if (!(error instanceof KubernetesError && error.status === 404)) throw error;
    }
    for (const { name, kind: servedKind, namespaced } of served)
      if (!name.includes('/')) known.set(`${kind.apiVersion} ${servedKind}`, { plural: name, namespaced });
    const now = known.get(key);
    if (!now) throw new KubernetesError(`no matches for kind "${kind.kind}" in version "${kind.apiVersion}"`);
    return now;
  }

  /**
   * Returns the path of all objects of a kind, or of those in one namespace. Throws "no matches for kind" when the kind
   * is not served, or not yet.
   */
  async function collection(kind: Kind, signal?: AbortSignal): Promise<string> {
    const { plural, namespaced } = await resource(kind, signal);
    const scope = namespaced && kind.namespace !== undefined ? `/namespaces/${kind.namespace}` : '';
    return `${root(kind.apiVersion)}${scope}/${plural}`;
  }

  return {
    collection,
    /** Returns the path of one object. An object of a namespaced kind without a namespace is in `default`. */
    async object(reference: ObjectReference, signal?: AbortSignal): Promise<string> {
      const path = await collection({ ...reference, namespace: reference.namespace ?? 'default' }, signal);
      return `${path}/${encodeURIComponent(reference.name)}`;
    },
  };
}
/** The return value of {@link createResourcePaths}. */
export type ResourcePaths = ReturnType<typeof createResourcePaths>;
