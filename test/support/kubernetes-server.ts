import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { merge } from '@vhive/agent/actions/kubernetes/apply/merge';
import { createCa, issueServerCertificate } from '@vhive/coordinator/trust/certificates';
import { type KubernetesObject, kubernetesObject } from '@vhive/shared';
import { stringify } from 'yaml';

/** A request as the server saw it. */
export interface SeenRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  object?: KubernetesObject;
  /** Whether a list of metadata alone is wanted. */
  metadataOnly: boolean;
}

/** A refusal, with the fields that a Status object has. */
export interface Refusal {
  code: number;
  reason?: string;
  message: string;
}

interface Change {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  version: number;
  object: KubernetesObject;
}

interface Watch {
  path: string;
  fieldSelector: string | null;
  bookmarks: boolean;
  response: ServerResponse;
}

/** The kinds that are served from the start: `apiVersion kind` is mapped to plural and scope. */
const KINDS: Record<string, { plural: string; namespaced: boolean }> = {
  'v1 Namespace': { plural: 'namespaces', namespaced: false },
  'v1 Node': { plural: 'nodes', namespaced: false },
  'v1 Pod': { plural: 'pods', namespaced: true },
  'v1 Event': { plural: 'events', namespaced: true },
  'v1 Service': { plural: 'services', namespaced: true },
  'v1 Endpoints': { plural: 'endpoints', namespaced: true },
  'v1 ConfigMap': { plural: 'configmaps', namespaced: true },
  'v1 ServiceAccount': { plural: 'serviceaccounts', namespaced: true },
  'apps/v1 Deployment': { plural: 'deployments', namespaced: true },
  'batch/v1 Job': { plural: 'jobs', namespaced: true },
  'apiextensions.k8s.io/v1 CustomResourceDefinition': { plural: 'customresourcedefinitions', namespaced: false },
  'admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration': {
    plural: 'validatingwebhookconfigurations',
    namespaced: false,
  },
};

/**
 * A server that speaks the part of the Kubernetes API that we use, over TLS: discovery, server-side apply, lists in
 * pages, and watches with bookmarks and expired versions. When a definition of a kind is stored, it is established and
 * its kind is served at once.
 */
export class KubernetesServer implements AsyncDisposable {
  readonly requests: SeenRequest[] = [];
  /** Asked before each write and each list. What it returns is the answer. */
  refuse: (request: SeenRequest) => Refusal | undefined | Promise<Refusal | undefined> = () => undefined;
  /** Tells whether the answer to a request ends in the middle, as it does when a server is stopped. */
  breakOff: (request: SeenRequest) => boolean = () => false;
  /** What containers print, by pod; the last line has no end yet. Whoever follows one gets no more than this. */
  readonly printed = new Map<string, string>();
  /** The largest number of objects per page. */
  pageSize = 500;
  readonly #objects = new Map<string, KubernetesObject>();
  readonly #kinds = new Map(Object.entries(KINDS));
  readonly #watches = new Set<Watch>();
  #history: Change[] = [];
  #version = 100;
  /** Versions before this one cannot be watched from any more. */
  #oldest = 0;
  readonly #server: Server;
  readonly #directory: string;

  private constructor(server: Server, directory: string) {
    this.#server = server;
    this.#directory = directory;
    server.on('request', (request, response) => {
      void this.#answer(request, response).catch(() => response.destroy());
    });
  }

  static async start(): Promise<KubernetesServer> {
    const ca = await createCa('kubernetes');
    const { certPem, keyPem } = await issueServerCertificate(ca, ['127.0.0.1']);
    const server = createServer({ cert: certPem, key: keyPem });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const directory = await mkdtemp(join(tmpdir(), 'vhive-kubernetes-'));
    const { port } = server.address() as AddressInfo;
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'here',
      contexts: [{ name: 'here', context: { cluster: 'here', user: 'me' } }],
      users: [{ name: 'me', user: { token: 'x' } }],
      clusters: [
        {
          name: 'here',
          cluster: {
            server: `https://127.0.0.1:${port}`,
            'certificate-authority-data': Buffer.from(ca.certPem).toString('base64'),
          },
        },
      ],
    };
    await writeFile(join(directory, 'kubeconfig'), stringify(config));
    return new KubernetesServer(server, directory);
  }

  get kubeconfig(): string {
    return join(this.#directory, 'kubeconfig');
  }

  /** The number of watches that are open. */
  get watching(): number {
    return this.#watches.size;
  }

  /** Stores an object as some other client would, status included, and tells the watchers. */
  put(object: KubernetesObject): void {
    const path = this.#pathOf(object);
    const before = this.#objects.get(path);
    this.#version += 1;
    const metadata = { ...object.metadata, resourceVersion: String(this.#version), uid: before?.metadata.uid ?? path };
    const after = { ...object, metadata };
    this.#objects.set(path, after);
    this.#tell({ type: before ? 'MODIFIED' : 'ADDED', version: this.#version, object: after }, path);
  }

  remove(object: KubernetesObject): void {
    const path = this.#pathOf(object);
    const before = this.#objects.get(path);
    if (!before) return;
    this.#objects.delete(path);
    this.#version += 1;
    this.#tell({ type: 'DELETED', version: this.#version, object: before }, path);
  }

  get(object: KubernetesObject): KubernetesObject | undefined {
    return this.#objects.get(this.#pathOf(object));
  }

  /** Tells the watchers that the version has moved on without a change for them. */
  bookmark(): void {
    this.#version += 1000;
    for (const { bookmarks, response } of this.#watches)
      if (bookmarks)
        response.write(
          `${JSON.stringify({ type: 'BOOKMARK', object: { kind: 'Pod', apiVersion: 'v1', metadata: { resourceVersion: String(this.#version) } } })}\n`,
        );
  }

  /** Forgets all changes until now. A client that wants to go on from an earlier version is answered 410 Gone. */
  expire(): void {
    this.#oldest = this.#version;
    this.#history = [];
  }

  /** Ends the watches, either in the way the server does when their time is up, or by a broken connection. */
  endWatches(how: 'in order' | 'broken'): void {
    for (const { response } of this.#watches) {
      if (how === 'in order') response.end();
      else response.socket?.destroy();
    }
    this.#watches.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.#directory, { recursive: true, force: true });
  }

  #pathOf({ apiVersion, kind, metadata }: KubernetesObject): string {
    const found = this.#kinds.get(`${apiVersion} ${kind}`);
    if (!found) throw new Error(`${apiVersion} ${kind} is not served`);
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const scope = found.namespaced ? `/namespaces/${metadata.namespace ?? 'default'}` : '';
    return `${root}${scope}/${found.plural}/${metadata.name}`;
  }

  #tell(change: Change, path: string): void {
    this.#history.push(change);
    for (const watch of this.#watches) this.#send(watch, change, path);
  }

  #send({ path: watched, fieldSelector, response }: Watch, { type, object, version }: Change, path: string): void {
    if (!this.#covers(watched, path)) return;
    if (fieldSelector !== null && fieldSelector !== `metadata.name=${object.metadata.name}`) return;
    const metadata = { ...object.metadata, resourceVersion: String(version) };
    response.write(`${JSON.stringify({ type, object: { ...object, metadata } })}\n`);
  }

  /** Returns whether an object lies in a collection, which is that of its namespace or that of all namespaces. */
  #covers(collection: string, path: string): boolean {
    const parent = path.slice(0, path.lastIndexOf('/'));
    return parent === collection || parent.replace(/\/namespaces\/[^/]+(?=\/)/, '') === collection;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'https://here');
    const { pathname: path, searchParams: query } = url;
    const method = request.method ?? 'GET';
    const object = method === 'PATCH' ? kubernetesObject.parse(await json(request)) : undefined;
    const send = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const fail = ({ code, reason, message }: Refusal) =>
      send(code, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message });
    if (path === '/readyz') return void response.end('ok');
    const resources = this.#resources(path);
    if (resources) return send(200, { kind: 'APIResourceList', resources });
    const metadataOnly = request.headers.accept?.includes('as=PartialObjectMetadataList') === true;
    const seen: SeenRequest = { method, path, query, metadataOnly, ...(object ? { object } : {}) };
    this.requests.push(seen);
    const refusal = await this.refuse(seen);
    if (refusal) return fail(refusal);
    if (this.breakOff(seen)) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 });
      return void response.write('{', () => response.destroy());
    }
    if (object) return send(200, this.#apply(path, object, query));
    const printed = this.printed.get(/\/pods\/([^/]+)\/log$/.exec(path)?.[1] ?? '');
    if (printed !== undefined) return void (query.has('follow') ? response.write(printed) : response.end(printed));
    if (query.has('watch')) return this.#watch(path, query, response);
    const collection = [...this.#kinds.values()].some(({ plural }) => path.endsWith(`/${plural}`));
    if (collection) return send(200, this.#list(path, query, metadataOnly));
    const stored = this.#objects.get(path);
    if (!stored) return fail({ code: 404, reason: 'NotFound', message: `${path} not found` });
    if (method === 'DELETE') this.remove(stored);
    send(200, stored);
  }

  #resources(path: string) {
    const match = /^\/(?:api|apis)\/((?:[^/]+\/)?v[^/]+)$/.exec(path);
    if (!match) return undefined;
    const found = [...this.#kinds].filter(([key]) => key.startsWith(`${match[1]} `));
    if (found.length === 0) return undefined;
    return found.map(([key, { plural, namespaced }]) => ({ name: plural, kind: key.split(' ')[1], namespaced }));
  }

  #apply(path: string, object: KubernetesObject, query: URLSearchParams): KubernetesObject {
    const before = this.#objects.get(path);
    const merged = merge(before ?? {}, object) as KubernetesObject;
    const manager = query.get('fieldManager');
    const owners = (before?.metadata.managedFields ?? []) as { manager: string }[];
    const isNew = owners.every((owner) => owner.manager !== manager);
    const managedFields = isNew ? [...owners, { manager, operation: 'Apply', fieldsV1: {} }] : owners;
    const after = { ...merged, metadata: { ...merged.metadata, managedFields } };
    if (query.has('dryRun')) return after;
    if (object.kind === 'CustomResourceDefinition') {
      const { group, names, scope, versions } = (object as unknown as { spec: DefinitionSpec }).spec;
      for (const { name } of versions)
        this.#kinds.set(`${group}/${name} ${names.kind}`, { plural: names.plural, namespaced: scope === 'Namespaced' });
      this.put({ ...after, status: { conditions: [{ type: 'Established', status: 'True' }] } });
    } else this.put(after);
    return this.#objects.get(path) ?? after;
  }

  #list(path: string, query: URLSearchParams, metadataOnly: boolean) {
    const selector = query.get('fieldSelector');
    const all = [...this.#objects]
      .filter(([at]) => this.#covers(path, at))
      .map(([, { apiVersion: _apiVersion, kind: _kind, ...rest }]) =>
        metadataOnly ? { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata: rest.metadata } : rest,
      )
      .filter(({ metadata }) => selector === null || selector === `metadata.name=${metadata.name}`);
    const from = Number(query.get('continue') ?? 0);
    const size = Math.min(this.pageSize, Number(query.get('limit') ?? Number.POSITIVE_INFINITY));
    const more = from + size < all.length ? { continue: String(from + size) } : {};
    return { metadata: { resourceVersion: String(this.#version), ...more }, items: all.slice(from, from + size) };
  }

  #watch(path: string, query: URLSearchParams, response: ServerResponse): void {
    const from = Number(query.get('resourceVersion'));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    if (from < this.#oldest) {
      const gone = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old resource version' };
      response.end(`${JSON.stringify({ type: 'ERROR', object: gone })}\n`);
      return;
    }
    const watch: Watch = {
      path,
      fieldSelector: query.get('fieldSelector'),
      bookmarks: query.get('allowWatchBookmarks') === 'true',
      response,
    };
    this.#watches.add(watch);
    response.once('close', () => this.#watches.delete(watch));
    for (const change of this.#history)
      if (change.version > from) this.#send(watch, change, this.#pathOf(change.object));
  }
}

interface DefinitionSpec {
  group: string;
  names: { kind: string; plural: string };
  scope: string;
  versions: { name: string }[];
}
