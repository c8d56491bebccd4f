import type { Failure, KubernetesObject } from '@vhive/shared';

/** What the actions need of the Kubernetes API: implemented on the maintained client library, and by the simulated host. */
export interface KubernetesApi {
  /** Server-side apply with force, by field manager "vhive" unless said else; dryRun asks the server what would come of it without storing. Returns the object as the server has it. */
  apply(
    object: KubernetesObject,
    options: { dryRun: boolean; fieldManager?: string; signal?: AbortSignal },
  ): Promise<KubernetesObject>;
  /** undefined when there is none (or its kind is not served yet). */
  get(reference: ObjectReference, options?: { signal?: AbortSignal }): Promise<KubernetesObject | undefined>;
  /** Fine when there is none. dependentsFirst: it is gone only once what was made for it is (foreground deletion). */
  delete(reference: ObjectReference, options?: { signal?: AbortSignal; dependentsFirst?: boolean }): Promise<void>;
  list(kind: ObjectKind, options?: { signal?: AbortSignal }): Promise<KubernetesObject[]>;
  /**
   * Watches one object until `until` says true (told by the server; reconnects by itself), and returns it. Rejects when
   * the signal aborts. `until` gets undefined while there is no such object.
   */
  waitFor(
    reference: ObjectReference,
    until: (object: KubernetesObject | undefined) => boolean,
    options: { signal: AbortSignal },
  ): Promise<KubernetesObject | undefined>;
  /**
   * Watches all objects of a kind (of one namespace) until `until` says true of what there is, and returns that. Told by
   * the server; reconnects by itself. Rejects when the signal aborts.
   */
  waitForList(
    kind: ObjectKind,
    until: (objects: readonly KubernetesObject[]) => boolean,
    options: { signal: AbortSignal },
  ): Promise<KubernetesObject[]>;
  /** Resolves once `/readyz` answers ok. */
  ready(options: { signal: AbortSignal }): Promise<void>;
}

/** Names a kind; without a namespace: objects of all namespaces. */
export interface ObjectKind {
  apiVersion: string;
  kind: string;
  namespace?: string;
}

/** Names an object. */
export interface ObjectReference extends ObjectKind {
  name: string;
}

/** A Kubernetes failure in words for a person. */
export type KubernetesFailure = Failure;
