import { VhiveError } from '@vhive/shared';
import { type Document, isMap, isSeq, parseDocument, stringify } from 'yaml';
import * as z from 'zod';

/** What a kubeconfig file that kubeadm wrote says: one cluster, one user, and the context of both. */
export interface AdminKubeconfig {
  cluster: Record<string, unknown>;
  user: Record<string, unknown>;
  namespace?: string | undefined;
}

const fields = z.record(z.string(), z.unknown());
const kubeconfig = z.looseObject({
  clusters: z.array(z.looseObject({ name: z.string(), cluster: fields })).min(1),
  users: z.array(z.looseObject({ name: z.string(), user: fields })).min(1),
  contexts: z
    .array(
      z.looseObject({
        name: z.string(),
        context: z.looseObject({ cluster: z.string(), user: z.string(), namespace: z.string().optional() }),
      }),
    )
    .min(1),
  'current-context': z.string(),
});

/** Reads the current context of a kubeconfig file. Throws `usage`, naming the place, for what is none. */
export function readAdminKubeconfig(text: string, where: string): AdminKubeconfig {
  const parsed = kubeconfig.safeParse(documentOf(text, where).toJS());
  if (!parsed.success)
    throw new VhiveError({
      code: 'usage',
      message: `${where} is no kubeconfig file: ${z.prettifyError(parsed.error)}`,
    });
  const { data } = parsed;
  const context = data.contexts.find(({ name }) => name === data['current-context'])?.context;
  const cluster = data.clusters.find(({ name }) => name === context?.cluster)?.cluster;
  const user = data.users.find(({ name }) => name === context?.user)?.user;
  if (context === undefined || cluster === undefined || user === undefined)
    throw new VhiveError({ code: 'usage', message: `${where} has no whole context ${data['current-context']}` });
  return { cluster, user, namespace: context.namespace };
}

/**
 * Returns a kubeconfig in which this cluster has the name, and is the current one. Everything else in `before` stays,
 * comments too; entries that had the name are replaced. Throws `usage` where `before` is no kubeconfig.
 */
export function mergeKubeconfig(
  before: string | undefined,
  admin: AdminKubeconfig,
  name: string,
  where: string,
): string {
  const { cluster, user, namespace } = admin;
  const context = { cluster: name, user: name, ...(namespace === undefined ? {} : { namespace }) };
  const entries = { clusters: { name, cluster }, users: { name, user }, contexts: { name, context } };
  if (before === undefined || before.trim() === '') {
    const whole = Object.fromEntries(Object.entries(entries).map(([list, entry]) => [list, [entry]]));
    return stringify({ apiVersion: 'v1', kind: 'Config', ...whole, 'current-context': name }, { lineWidth: 0 });
  }
  const document = documentOf(before, where);
  for (const [list, entry] of Object.entries(entries)) replaceEntry(document, list, entry, where);
  document.set('current-context', name);
  return document.toString({ lineWidth: 0 });
}

function replaceEntry(document: Document, list: string, entry: { name: string }, where: string): void {
  const found = document.get(list);
  // kubectl writes `null` for a list without entries.
  if (found === undefined || found === null) return document.set(list, document.createNode([entry]));
  if (!isSeq(found))
    throw new VhiveError({ code: 'usage', message: `${where} is no kubeconfig file: ${list} is no list` });
  const same = found.items.findIndex((item) => isMap(item) && item.get('name') === entry.name);
  const node = document.createNode(entry);
  if (same === -1) found.items.push(node);
  else found.items[same] = node;
}

function documentOf(text: string, where: string): Document {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined)
    throw new VhiveError({ code: 'usage', message: `${where} is no YAML: ${error.message.split('\n')[0]}` });
  if (!isMap(document.contents))
    throw new VhiveError({ code: 'usage', message: `${where} is no kubeconfig file: it has no fields` });
  return document;
}
