import { watch } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryBeside } from '@vhive/base/files/temporary-files';
import { ignoring } from '@vhive/base/ignoring';
import type { ContainerReference, KubernetesApi, ObjectReference } from '@vhive/base/kubernetes/kubernetes-api';
import type { KubernetesObject } from '@vhive/shared';
import pLimit from 'p-limit';
import type { AppliedObjects } from './controllers/controller.ts';
import { afterControllers, endpointsOfServices, groupOf, madeForStuck, podNameOf } from './controllers/index.ts';
import { readStuck } from './controllers/stuck.ts';

/**
 * A Kubernetes API that is a directory of JSON files, shared by all machines of a simulation. It keeps what is applied
 * and tells watchers of changes. What controllers would make of an object is added whenever the object is read (see
 * controllers/). What `stuck.json` in the directory lists does not come up (see controllers/stuck.ts).
 */
export class SimulatedKubernetes implements KubernetesApi {
  readonly #directory: string;
  /** Several tasks of the control plane apply at once, and each write goes by what it has read. */
  readonly #oneByOne = pLimit(1);
  readonly #applied: AppliedObjects = {
    ofKind: async (kind, group = '') => {
      const names = await readdir(this.#directory).catch(() => []);
      const files = names.filter((name) => name.startsWith(`${keyOf(kind, group)}.`) && name.endsWith('.json')).sort();
      const objects = await Promise.all(files.map((name) => this.#read(join(this.#directory, name))));
      return objects.filter((object) => object !== undefined);
    },
    stuck: () => readStuck(this.#directory),
  };

  constructor(directory: string) {
    this.#directory = directory;
  }

  async apply(
    object: KubernetesObject,
    { dryRun, fieldManager = 'vhive' }: { dryRun: boolean; fieldManager?: string },
  ): Promise<KubernetesObject> {
    const { apiVersion, kind, metadata } = object;
    const reference = { apiVersion, kind, name: metadata.name, ...namespaceOf(object) };
    const after = await this.#oneByOne(async () => {
      const before = await this.#read(this.#file(reference));
      const merged = merge(before ?? {}, object) as KubernetesObject;
      const owners = (before?.metadata.managedFields ?? []) as { manager: string }[];
      const others = owners.filter(({ manager }) => manager !== fieldManager);
      const managedFields = [...others, { manager: fieldManager, operation: 'Apply' }];
      const applied = { ...merged, metadata: { ...merged.metadata, managedFields } };
      if (!dryRun) await this.#write(reference, applied);
      return applied;
    });
    return await afterControllers(after, this.#applied);
  }

  async get(reference: ObjectReference): Promise<KubernetesObject | undefined> {
    if (derived.includes(reference.kind))
      return (await this.list(reference)).find(({ metadata }) => metadata.name === reference.name);
    const object = await this.#read(this.#file(reference));
    return object && (await afterControllers(object, this.#applied));
  }

  async delete(reference: ObjectReference): Promise<void> {
    await rm(this.#file(reference), { force: true });
  }

  async list(kind: { apiVersion: string; kind: string; namespace?: string }): Promise<KubernetesObject[]> {
    const objects = derived.includes(kind.kind)
      ? await endpointsOfServices(kind.kind, this.#applied)
      : [
          ...(await this.#applied.ofKind(kind.kind, groupOf(kind.apiVersion))),
          ...(await madeForStuck(kind.kind, this.#applied)),
        ];
    const found = objects.filter(
      ({ metadata }) => kind.namespace === undefined || metadata.namespace === kind.namespace,
    );
    return await Promise.all(found.map((object) => afterControllers(object, this.#applied)));
  }

  async waitFor(
    reference: ObjectReference,
    until: (object: KubernetesObject | undefined) => boolean,
    options: { signal: AbortSignal },
  ): Promise<KubernetesObject | undefined> {
    return await this.#whenChanged(options.signal, async () => {
      const object = await this.get(reference);
      return until(object) ? { value: object } : undefined;
    });
  }

  async waitForList(
    kind: { apiVersion: string; kind: string; namespace?: string },
    until: (objects: readonly KubernetesObject[]) => boolean,
    options: { signal: AbortSignal },
  ): Promise<KubernetesObject[]> {
    return await this.#whenChanged(options.signal, async () => {
      const objects = await this.list(kind);
      return until(objects) ? { value: objects } : undefined;
    });
  }

  async lastWords({ namespace, pod }: ContainerReference): Promise<string[]> {
    const stuck = await this.#applied.stuck();
    return stuck.find((each) => each.namespace === namespace && podNameOf(each) === pod)?.lastWords ?? [];
  }

  async ready(options: { signal: AbortSignal }): Promise<void> {
    await this.#whenChanged(options.signal, async () => {
      const names = await readdir(this.#directory).catch(() => []);
      return names.some((name) => name.startsWith('Node.')) ? { value: undefined } : undefined;
    });
  }

  /** Calls `look` at once and after each change of the directory, until it finds something. */
  async #whenChanged<T>(signal: AbortSignal, look: () => Promise<{ value: T } | undefined>): Promise<T> {
    await mkdir(this.#directory, { recursive: true });
    const changed = Promise.withResolvers<T>();
    const watcher = watch(this.#directory, () => void check());
    const check = () => look().then((found) => found && changed.resolve(found.value), changed.reject);
    const abort = () => changed.reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    try {
      signal.throwIfAborted();
      await check();
      return await changed.promise;
    } finally {
      watcher.close();
      signal.removeEventListener('abort', abort);
    }
  }

  async #write(reference: ObjectReference, object: KubernetesObject): Promise<void> {
    const file = this.#file(reference);
    await mkdir(this.#directory, { recursive: true });
    // The name of the draft is unique, because agents of several machines may write the same object.
    const draft = temporaryBeside(file);
    await writeFile(draft, JSON.stringify(object));
    await rename(draft, file);
  }

  async #read(file: string): Promise<KubernetesObject | undefined> {
    const text = await readFile(file, 'utf8').catch(ignoring('the object does not exist, or was deleted meanwhile'));
    return text === undefined ? undefined : (JSON.parse(text) as KubernetesObject);
  }

  #file({ apiVersion, kind, name, namespace }: ObjectReference): string {
    const key = keyOf(kind, groupOf(apiVersion));
    return join(this.#directory, `${key}.${namespace ?? ''}.${name.replaceAll('/', '_')}.json`);
  }
}

/** The kinds that nobody applies, because they follow from services. */
const derived = ['Endpoints', 'EndpointSlice'];

/** The group is part of the key because two groups may have a kind of the same name, such as Service. */
const keyOf = (kind: string, group: string) => (group === '' ? kind : `${kind}:${group}`);

function namespaceOf(object: KubernetesObject): { namespace?: string } {
  const { namespace } = object.metadata;
  return namespace === undefined ? {} : { namespace };
}

/** Merges two values: objects are merged field by field, and everything else is replaced. */
function merge(before: unknown, after: unknown): unknown {
  if (!isObject(before) || !isObject(after)) return after;
  const result = { ...before };
  for (const [key, value] of Object.entries(after)) result[key] = merge(before[key], value);
  return result;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
