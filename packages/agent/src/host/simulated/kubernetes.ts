import { watch } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KubernetesObject } from '@vhive/shared';
import type { KubernetesApi, ObjectReference } from '../kubernetes-api.ts';

/**
 * A Kubernetes API that is a directory of JSON files shared by all machines of a simulation. It keeps what is applied
 * and tells watchers; no controller acts on anything.
 */
export class SimulatedKubernetes implements KubernetesApi {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  async apply(object: KubernetesObject, options: { dryRun: boolean }): Promise<KubernetesObject> {
    const { apiVersion, kind, metadata } = object;
    const reference = { apiVersion, kind, name: metadata.name, ...namespaceOf(object) };
    const before = await this.get(reference);
    const after = merge(before ?? {}, object) as KubernetesObject;
    if (!options.dryRun) await this.#write(reference, after);
    return after;
  }

  async get(reference: ObjectReference): Promise<KubernetesObject | undefined> {
    const text = await readFile(this.#file(reference), 'utf8').catch(() => undefined);
    return text === undefined ? undefined : (JSON.parse(text) as KubernetesObject);
  }

  async delete(reference: ObjectReference): Promise<void> {
    await rm(this.#file(reference), { force: true });
  }

  async list(kind: { apiVersion: string; kind: string; namespace?: string }): Promise<KubernetesObject[]> {
    const names = await readdir(this.#directory).catch(() => []);
    const found: KubernetesObject[] = [];
    for (const name of names.filter((file) => file.startsWith(`${kind.kind}.`) && file.endsWith('.json'))) {
      const text = await readFile(join(this.#directory, name), 'utf8').catch(() => undefined);
      if (text === undefined) continue;
      const object = JSON.parse(text) as KubernetesObject;
      if (kind.namespace === undefined || object.metadata.namespace === kind.namespace) found.push(object);
    }
    return found;
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

  async ready(options: { signal: AbortSignal }): Promise<void> {
    await this.#whenChanged(options.signal, async () => {
      const names = await readdir(this.#directory).catch(() => []);
      return names.some((name) => name.startsWith('Node.')) ? { value: undefined } : undefined;
    });
  }

  /** Looks at once and after each change of the directory. */
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
    await writeFile(`${file}.new`, JSON.stringify(object));
    await rename(`${file}.new`, file);
  }

  #file({ kind, name, namespace }: ObjectReference): string {
    return join(this.#directory, `${kind}.${namespace ?? ''}.${name.replaceAll('/', '_')}.json`);
  }
}

function namespaceOf(object: KubernetesObject): { namespace?: string } {
  const { namespace } = object.metadata;
  return namespace === undefined ? {} : { namespace };
}

/** Objects are merged field by field; everything else is replaced. */
function merge(before: unknown, after: unknown): unknown {
  if (!isObject(before) || !isObject(after)) return after;
  const result = { ...before };
  for (const [key, value] of Object.entries(after)) result[key] = merge(before[key], value);
  return result;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
