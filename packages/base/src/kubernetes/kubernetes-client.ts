import { defined, type KubernetesObject, kubernetesObject } from '@vhive/shared';
import { pause } from '../retry/sleep.ts';
import type { KubernetesApi } from './kubernetes-api.ts';
import { KubernetesError } from './kubernetes-error.ts';
import { createResourcePaths } from './kubernetes-resources.ts';
import { createTransport } from './kubernetes-transport.ts';
import { watchCollection, watchObject } from './kubernetes-watch.ts';
import { listAll } from './kubernetes-watch-events.ts';

/** The owner of the fields that we set, in the sense of server-side apply. */
const FIELD_MANAGER = 'vhive';
/**
 * The pause between two requests to /readyz in milliseconds. It has to be asked again and again, because a server that
 * is not up cannot tell when it comes up.
 */
const READY_INTERVAL_MS = 500;

/** Asks for lists of metadata alone, and for plain lists where a server (an extension's) does not have these. */
const METADATA = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

const absent = (error: unknown) =>
  error instanceof KubernetesError && (error.status === 404 || error.message.startsWith('no matches for kind'));

/** Makes a client of the Kubernetes API from a kubeconfig file. Throws when the file is missing or names no cluster. */
export async function createKubernetesClient(kubeconfig: string): Promise<KubernetesApi> {
  const transport = await createTransport(kubeconfig);
  const paths = createResourcePaths(transport);
  const given = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });
  const referenceOf = (object: KubernetesObject) => ({
    apiVersion: object.apiVersion,
    kind: object.kind,
    name: object.metadata.name,
    ...defined({ namespace: object.metadata.namespace }),
  });

  return {
    async apply(object, { dryRun, fieldManager = FIELD_MANAGER, signal }) {
      const path = await paths.object(referenceOf(object), signal);
      return kubernetesObject.parse(
        await transport.json({
          method: 'PATCH',
          path,
          query: { fieldManager, force: 'true', ...(dryRun ? { dryRun: 'All' } : {}) },
          body: object,
          contentType: 'application/apply-patch+yaml',
          ...given(signal),
        }),
      );
    },
    async get(reference, { signal } = {}) {
      try {
        const path = await paths.object(reference, signal);
        return kubernetesObject.parse(await transport.json({ path, ...given(signal) }));
      } catch (error) {
        if (absent(error)) return undefined;
        throw error;
      }
    },
    async delete(reference, { signal, dependentsFirst = false } = {}) {
      try {
        const path = await paths.object(reference, signal);
        const query = { propagationPolicy: dependentsFirst ? 'Foreground' : 'Background' };
        await transport.text({ method: 'DELETE', path, query, ...given(signal) });
      } catch (error) {
        if (!absent(error)) throw error;
      }
    },
    async list({ apiVersion, kind, namespace }, { signal, metadataOnly = false } = {}) {
      try {
        const path = await paths.collection({ apiVersion, kind, ...defined({ namespace }) }, signal);
        const form = metadataOnly ? { accept: METADATA } : {};
        const { items } = await listAll(transport, { path, query: {}, ...form, signal });
        return items.map((item) => kubernetesObject.parse({ ...item, apiVersion, kind }));
      } catch (error) {
        if (absent(error)) return [];
        throw error;
      }
    },
    waitFor: (reference, until, { signal }) => watchObject(transport, paths, reference, until, signal),
    waitForList: (kind, until, { signal }) => watchCollection(transport, paths, { kind }, until, signal),
    async lastWords({ namespace, pod, container, lines }, { signal } = {}) {
      const path = `/api/v1/namespaces/${namespace}/pods/${encodeURIComponent(pod)}/log`;
      const query = { container, previous: 'true', tailLines: String(lines) };
      const text = await transport.text({ path, query, ...given(signal) });
      return text
        .split('\n')
        .filter((line) => line.trim() !== '')
        .slice(-lines);
    },
    async ready({ signal }) {
      for (;;) {
        signal.throwIfAborted();
        try {
          await transport.text({ path: '/readyz', signal });
          return;
        } catch {
          signal.throwIfAborted();
          await pause(READY_INTERVAL_MS, signal);
        }
      }
    },
  };
}
