import { type KubernetesObject, kubernetesObject } from '@vhive/shared';
import { createBackoff } from '../retry/backoff.ts';
import { pause } from '../retry/sleep.ts';
import type { ObjectKind, ObjectReference } from './kubernetes-api.ts';
import type { ResourcePaths } from './kubernetes-resources.ts';
import type { KubernetesTransport } from './kubernetes-transport.ts';
import { listAll, WATCH_SECONDS, watchEvents } from './kubernetes-watch-events.ts';

/** The first and the longest wait in milliseconds before a failed list or watch is tried again. */
const BACKOFF = { firstMs: 250, longestMs: 4_000 };
/** A watch that ended within this many milliseconds counts as refused, and not as one during which nothing happened. */
const REFUSED_MS = 1_000;
/**
 * A watch that is open for longer than this many milliseconds has lost its connection, because the server itself would
 * have closed it by then.
 */
const DEAD_MS = (WATCH_SECONDS + 30) * 1000;

/** What is watched: a kind, and which of its objects. */
export interface Watched {
  kind: ObjectKind;
  /** A selector such as `metadata.name=x`. */
  fieldSelector?: string;
}

const keyOf = ({ metadata }: KubernetesObject) => `${metadata.namespace ?? ''}/${metadata.name}`;

/**
 * Drops the list of which manager owns which field. It is a large part of an object that no one watches for, and
 * thousands of pods are held at once.
 */
function withoutOwners(object: KubernetesObject): KubernetesObject {
  const { managedFields: _managedFields, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/**
 * Watches the objects of a kind until `until` returns true for all there are, and returns them. Otherwise only an abort
 * ends it, because an API server may be down for a while. A watch that ends is resumed where it ended; when the server
 * cannot resume it (410 Gone), it begins again with a new list.
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
  const backoff = createBackoff(BACKOFF);
  // An error that the caller's `until` throws is not a failure of the watch and must reach the caller.
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
          // The items of a list do not repeat their kind.
          const object = kubernetesObject.parse({ apiVersion: kind.apiVersion, kind: kind.kind, ...item });
          objects.set(keyOf(object), withoutOwners(object));
        }
        resourceVersion = list.resourceVersion;
        if (reached()) break;
      }
      const limited = AbortSignal.any([signal, AbortSignal.timeout(DEAD_MS)]);
      for await (const event of watchEvents(transport, { path, query, resourceVersion, signal: limited })) {
        // For example "too old resource version".
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
      // A watch that ends at once, again and again, must not become a storm of requests.
      if (performance.now() - started < REFUSED_MS) await pause(backoff.nextMs(), signal);
      else backoff.reset();
    } catch {
      signal.throwIfAborted();
      resourceVersion = undefined;
      await pause(backoff.nextMs(), signal);
    }
  }
  return result();
}

/** Watches one object until `until` returns true; see {@link watchCollection}. */
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
