import type { Failure, KubernetesObject } from '@vhive/shared';

/** What the actions need of the Kubernetes API: implemented on the maintained client library, and by the simulated host. */
export interface KubernetesApi {
  /** Server-side apply with field manager "vhive" and force; dryRun asks the server what would come of it without storing. Returns the object as the server has it. */
  apply(object: KubernetesObject, options: { dryRun: boolean; signal?: AbortSignal }): Promise<KubernetesObject>;
  /** undefined when there is none (or its kind is not served yet). */
  get(reference: ObjectReference, options?: { signal?: AbortSignal }): Promise<KubernetesObject | undefined>;
  delete(reference: ObjectReference, options?: { signal?: AbortSignal }): Promise<void>;
  list(
    kind: { apiVersion: string; kind: string; namespace?: string },
    options?: { signal?: AbortSignal },
  ): Promise<KubernetesObject[]>;
  /**
   * Watches one object until `until` says true (told by the server; reconnects by itself), and returns it. Rejects when
   * the signal aborts. `until` gets undefined while there is no such object.
   */
  waitFor(
    reference: ObjectReference,
    until: (object: KubernetesObject | undefined) => boolean,
    options: { signal: AbortSignal },
  ): Promise<KubernetesObject | undefined>;
  /** Resolves once `/readyz` answers ok. */
  ready(options: { signal: AbortSignal }): Promise<void>;
}

/** Names an object. */
export interface ObjectReference {
  apiVersion: string;
  kind: string;
  name: string;
  namespace?: string;
}

/** A Kubernetes failure in words for a person. */
export type KubernetesFailure = Failure;
