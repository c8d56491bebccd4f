import type { KubernetesApi, ObjectKind } from '@vhive/base/kubernetes/kubernetes-api';
import { referenceTo } from '@vhive/base/kubernetes/reference';
import type { KubernetesObject } from '@vhive/shared';
import pLimit from 'p-limit';
import { CONCURRENCY } from './apply-objects.ts';
import type { LiveVersion } from './comparison-memory.ts';

/** Fewer objects of a kind and namespace than this are asked for one by one, because a list may hold many others. */
const WORTH_A_LIST = 3;

/**
 * Asks for the versions of many objects by lists of their metadata, which takes the server a fraction of what reading
 * all of the objects takes it. Returns what tells the version of an object; undefined when it is not known, because
 * there is no such object, it has few of its kind beside it, or the list could not be had.
 */
export async function liveVersions(
  api: KubernetesApi,
  objects: readonly KubernetesObject[],
  signal: AbortSignal,
): Promise<(object: KubernetesObject) => LiveVersion | undefined> {
  const groups = Map.groupBy(objects, (object) => JSON.stringify(kindOf(object)));
  const kinds = [...groups.values()].flatMap((members) =>
    members[0] !== undefined && members.length >= WORTH_A_LIST ? [kindOf(members[0])] : [],
  );
  const versions = new Map<string, LiveVersion>();
  await pLimit(CONCURRENCY).map(kinds, async (kind) => {
    for (const live of await listed(api, kind, signal)) {
      const { uid, resourceVersion: version } = live.metadata;
      if (typeof uid === 'string' && typeof version === 'string') versions.set(nameOf(live), { uid, version });
    }
  });
  return (object) => versions.get(nameOf(object));
}

/** Lists the metadata of a kind. Whatever stands in the way is told by the request for the object itself. */
async function listed(api: KubernetesApi, kind: ObjectKind, signal: AbortSignal): Promise<KubernetesObject[]> {
  try {
    return await api.list(kind, { signal, metadataOnly: true });
  } catch {
    signal.throwIfAborted();
    return [];
  }
}

function kindOf(object: KubernetesObject): ObjectKind {
  const { name: _name, ...kind } = referenceTo(object);
  return kind;
}

const nameOf = (object: KubernetesObject) => JSON.stringify(referenceTo(object));
