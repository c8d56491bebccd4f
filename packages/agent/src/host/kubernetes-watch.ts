import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { type KubernetesObject, kubernetesObject } from '@vhive/shared';
import * as z from 'zod';
import type { ObjectReference } from './kubernetes-api.ts';
import type { ResourcePaths } from './kubernetes-resources.ts';
import type { KubernetesTransport } from './kubernetes-transport.ts';

const listAnswer = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })),
});
const watchEvent = z.object({
  type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']),
  object: z.unknown(),
});

/** The server closes a quiet watch after this many seconds; it is opened anew. */
const WATCH_SECONDS = 240;
/** Before a failed list or watch is tried again, milliseconds: first and at most. */
const BACKOFF_MS = { first: 250, most: 4_000 };

/** Watches one object until `until` says true. Only an abort ends it otherwise: an API server may be down for a while. */
export async function watchObject(
  transport: KubernetesTransport,
  paths: ResourcePaths,
  reference: ObjectReference,
  until: (object: KubernetesObject | undefined) => boolean,
  signal: AbortSignal,
): Promise<KubernetesObject | undefined> {
  const query = { fieldSelector: `metadata.name=${reference.name}` };
  let backoff = BACKOFF_MS.first;
  for (;;) {
    signal.throwIfAborted();
    try {
      const path = await paths.collection({ ...reference, namespace: reference.namespace ?? 'default' }, signal);
      const { metadata, items } = listAnswer.parse(await transport.json({ path, query, signal }));
      const first = items[0];
      // Items of a list do not repeat their kind.
      const current =
        first && kubernetesObject.parse({ apiVersion: reference.apiVersion, kind: reference.kind, ...first });
      if (until(current)) return current;
      backoff = BACKOFF_MS.first;
      const stream = await transport.stream({
        path,
        query: {
          ...query,
          watch: 'true',
          resourceVersion: metadata.resourceVersion,
          timeoutSeconds: String(WATCH_SECONDS),
        },
        signal,
      });
      try {
        for await (const line of createInterface({ input: stream })) {
          if (line === '') continue;
          const event = watchEvent.parse(JSON.parse(line));
          // Such as "too old resource version": list again.
          if (event.type === 'ERROR') break;
          if (event.type === 'BOOKMARK') continue;
          const object = event.type === 'DELETED' ? undefined : kubernetesObject.parse(event.object);
          if (until(object)) return object;
        }
      } finally {
        stream.destroy();
      }
    } catch {
      signal.throwIfAborted();
      await delay(backoff, undefined, { signal }).catch(() => undefined);
      backoff = Math.min(backoff * 2, BACKOFF_MS.most);
    }
  }
}
