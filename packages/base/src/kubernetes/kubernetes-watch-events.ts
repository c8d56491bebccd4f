import { defined, type KubernetesObject, kubernetesObject } from '@vhive/shared';
import * as z from 'zod';
import type { KubernetesTransport } from './kubernetes-transport.ts';

/** The server closes a watch after this many seconds, and it is then opened again. */
export const WATCH_SECONDS = 240;
/** A page of a list has at most this many objects, because the pods of a large cluster do not fit into one answer. */
const PAGE = 500;

const listAnswer = z.object({
  metadata: z.object({ resourceVersion: z.string(), continue: z.string().default('') }),
  items: z
    .array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) }))
    .nullish()
    .transform((items) => items ?? []),
});
const watchEvent = z.object({
  type: z.enum(['ADDED', 'MODIFIED', 'DELETED', 'BOOKMARK', 'ERROR']),
  object: z.looseObject({ metadata: z.looseObject({ resourceVersion: z.string().optional() }).optional() }),
});

/** The path and the query of a request. */
interface Request {
  path: string;
  query: Record<string, string>;
  signal: AbortSignal;
}

/** Reads all objects page by page. Returns them and the version of the list, from which a watch can begin. */
export async function listAll(
  transport: KubernetesTransport,
  { path, query, accept, signal }: Omit<Request, 'signal'> & { accept?: string; signal?: AbortSignal | undefined },
) {
  const items: z.infer<typeof listAnswer>['items'] = [];
  let next = '';
  for (;;) {
    const page = { ...query, limit: String(PAGE), ...(next === '' ? {} : { continue: next }) };
    const answer = listAnswer.parse(await transport.json({ path, query: page, ...defined({ accept, signal }) }));
    items.push(...answer.items);
    next = answer.metadata.continue;
    if (next === '') return { items, resourceVersion: answer.metadata.resourceVersion };
  }
}

/** An event of a watch: a change of an object, news that the version has moved on, or that the watch cannot go on. */
export type WatchEvent =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: KubernetesObject; resourceVersion: string | undefined }
  | { type: 'BOOKMARK'; resourceVersion: string | undefined }
  | { type: 'ERROR'; resourceVersion: string | undefined };

/** Yields the events of one watch until the server ends it. Throws when the connection breaks. */
export async function* watchEvents(
  transport: KubernetesTransport,
  { path, query, resourceVersion, signal }: Request & { resourceVersion: string },
): AsyncGenerator<WatchEvent> {
  const stream = await transport.stream({
    path,
    query: {
      ...query,
      watch: 'true',
      allowWatchBookmarks: 'true',
      resourceVersion,
      timeoutSeconds: String(WATCH_SECONDS),
    },
    signal,
  });
  try {
    stream.setEncoding('utf8');
    let rest = '';
    for await (const chunk of stream as AsyncIterable<string>) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line !== '') yield parseEvent(line);
    }
  } finally {
    stream.destroy();
  }
}

function parseEvent(line: string): WatchEvent {
  const { type, object } = watchEvent.parse(JSON.parse(line));
  const resourceVersion = object.metadata?.resourceVersion;
  if (type === 'BOOKMARK') return { type, resourceVersion };
  if (type === 'ERROR') return { type, resourceVersion };
  return { type, object: kubernetesObject.parse(object), resourceVersion };
}
