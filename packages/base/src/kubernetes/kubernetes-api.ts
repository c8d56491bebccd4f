import type { KubernetesObject } from '@vhive/shared';

/**
 * The parts of the Kubernetes API that the actions need. It is implemented with the maintained client library, and by
 * the simulated host.
 */
export interface KubernetesApi {
  /**
   * Does a server-side apply with force and returns the object as the server has it. The field manager is "vhive"
   * unless another one is given. With `dryRun` the server tells what would come of it, without storing it.
   */
  apply(
    object: KubernetesObject,
    options: { dryRun: boolean; fieldManager?: string; signal?: AbortSignal },
  ): Promise<KubernetesObject>;
  /** Returns an object, or undefined when there is none or its kind is not served yet. */
  get(reference: ObjectReference, options?: { signal?: AbortSignal }): Promise<KubernetesObject | undefined>;
  /**
   * Deletes an object. It is not an error when there is none. With `dependentsFirst` the object is gone only after what
   * was made for it is gone (foreground deletion).
   */
  delete(reference: ObjectReference, options?: { signal?: AbortSignal; dependentsFirst?: boolean }): Promise<void>;
  /**
   * Returns all objects of a kind, or those in one namespace. With `metadataOnly` the server need not send more of them
   * than apiVersion, kind and metadata.
   */
  list(kind: ObjectKind, options?: { signal?: AbortSignal; metadataOnly?: boolean }): Promise<KubernetesObject[]>;
  /**
   * Watches one object until `until` returns true and returns it. The server tells the changes, and the watch
   * reconnects by itself. `until` gets undefined while there is no such object. Rejects when the signal aborts.
   */
  waitFor(
    reference: ObjectReference,
    until: (object: KubernetesObject | undefined) => boolean,
    options: { signal: AbortSignal },
  ): Promise<KubernetesObject | undefined>;
  /**
   * Watches all objects of a kind, or those in one namespace, until `until` returns true for all there are, and returns
   * them. The server tells the changes, and the watch reconnects by itself. Rejects when the signal aborts.
   */
  waitForList(
    kind: ObjectKind,
    until: (objects: readonly KubernetesObject[]) => boolean,
    options: { signal: AbortSignal },
  ): Promise<KubernetesObject[]>;
  /** Returns the last lines that a container printed before it ended last; none when there is no record of it. */
  lastWords(container: ContainerReference, options?: { signal?: AbortSignal }): Promise<string[]>;
  /** Resolves once `/readyz` of the API server answers ok. */
  ready(options: { signal: AbortSignal }): Promise<void>;
}

/** Names a kind of objects. Without a namespace it stands for the objects of all namespaces. */
export interface ObjectKind {
  apiVersion: string;
  kind: string;
  namespace?: string;
}

/** Names a container of a pod, and how many of its last lines are wanted. */
export interface ContainerReference {
  namespace: string;
  pod: string;
  container: string;
  lines: number;
}

/** Names one object. */
export interface ObjectReference extends ObjectKind {
  name: string;
}
