import { setTimeout as delay } from 'node:timers/promises';
import { type KubernetesObject, kubernetesObject } from '@vhive/shared';
import type { ObjectKind, ObjectReference } from './kubernetes-api.ts';
import type { ResourcePaths } from './kubernetes-resources.ts';
import type { KubernetesTransport } from './kubernetes-transport.ts';
import { listAll, WATCH_SECONDS, watchEvents } from './kubernetes-watch-events.ts';

/** Before a failed list or watch is tried again, milliseconds: first and at most. */
const BACKOFF_MS = { first: 250, most: 4_000 };
/** A watch that ended sooner than this was refused rather than quiet, milliseconds. */
const REFUSED_MS = 1_000;
/** Longer than the server keeps a watch open, the connection is dead: milliseconds. */
const DEAD_MS = (WATCH_SECONDS + 30) * 1000;

/** What is watched: a kind, and which of its objects. */
export interface Watched {
  kind: ObjectKind;
  /** Such as `metadata.name=x`. */
  fieldSelector?: string;
}

const keyOf = ({ metadata }: KubernetesObject) => `${metadata.namespace ?? ''}/${metadata.name}`;

/** Who owns which field is much of an object, and nothing one watches for: thousands of pods are held at once. */
function withoutOwners(object: KubernetesObject): KubernetesObject {
  const { managedFields: _managedFields, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/**
 * Watches objects of a kind until `until` says true of all there are. Only an abort ends it otherwise: an API server may
 * be down for a while. A watch that ends is taken up where it ended; one that the server cannot take up (410 Gone) starts
 * with a new list.
 */
export async function watchCollection(
  transport: KubernetesTransport,
  paths: ResourcePaths,
  watched: Watched,
  until: (objects: readonly KubernetesObject[]) => boolean,
  signal: AbortSignal,
): Promise<KubernetesObject[]> {
  const { kind } = watched;
  const query = watched.fieldSelector === undefined ? {} : { fieldSelector: watched.fieldSelector };
  const objects = new Map<string, KubernetesObject>();
  let resourceVersion: string | undefined;
  let backoff = BACKOFF_MS.first;
  const pause = async () => {
    await delay(backoff, undefined, { signal }).catch(() => undefined);
    backoff = Math.min(backoff * 2, BACKOFF_MS.most);
  };
  // What the caller's rule throws is not a trouble of the watch.
  let thrown: { error: unknown } | undefined;
  const reached = () => {
    try {
      return until([...objects.values()]);
    } catch (error) {
      thrown = { error };
      return true;
    }
  };
  const result = () => {
    if (thrown) throw thrown.error;
    return [...objects.values()];
  };

  watching: for (;;) {
    signal.throwIfAborted();
    const started = performance.now();
    try {
      const path = await paths.collection(kind, signal);
      if (resourceVersion === undefined) {
        const list = await listAll(transport, { path, query, signal });
        objects.clear();
        for (const item of list.items) {
          // Items of a list do not repeat their kind.
          const object = kubernetesObject.parse({ apiVersion: kind.apiVersion, kind: kind.kind, ...item });
          objects.set(keyOf(object), withoutOwners(object));
        }
        resourceVersion = list.resourceVersion;
        if (reached()) break;
      }
      const limited = AbortSignal.any([signal, AbortSignal.timeout(DEAD_MS)]);
      for await (const event of watchEvents(transport, { path, query, resourceVersion, signal: limited })) {
        // Such as "too old resource version".
        if (event.type === 'ERROR') {
          resourceVersion = undefined;
          break;
        }
        resourceVersion = event.resourceVersion ?? resourceVersion;
        if (event.type === 'BOOKMARK') continue;
        if (event.type === 'DELETED') objects.delete(keyOf(event.object));
        else objects.set(keyOf(event.object), withoutOwners(event.object));
        if (reached()) break watching;
      }
      // One that ends at once, again and again, must not become a storm of requests.
      if (performance.now() - started < REFUSED_MS) await pause();
      else backoff = BACKOFF_MS.first;
    } catch {
      signal.throwIfAborted();
      resourceVersion = undefined;
      await pause();
    }
  }
  return result();
}

/** Watches one object until `until` says true; see {@link watchCollection}. */
export async function watchObject(
  transport: KubernetesTransport,
  paths: ResourcePaths,
  reference: ObjectReference,
  until: (object: KubernetesObject | undefined) => boolean,
  signal: AbortSignal,
): Promise<KubernetesObject | undefined> {
  const { apiVersion, kind, name, namespace = 'default' } = reference;
  const found = await watchCollection(
    transport,
    paths,
    { kind: { apiVersion, kind, namespace }, fieldSelector: `metadata.name=${name}` },
    (objects) => until(objects[0]),
    signal,
  );
  return found[0];
}
