import type { KubernetesObject, Outputs } from '@vhive/shared';
import type { KubernetesApi } from '../../../../host/kubernetes/kubernetes-api.ts';

/** How far something has got. */
export interface Sight {
  reached: boolean;
  /** Of a target that is reached. */
  outputs: Outputs<'kubernetes.wait'>;
  /** What is still missing, for a person: one short text. */
  state: string;
  /** Why it will never get there; waiting on would be in vain. */
  hopeless?: string | undefined;
}

/** Something one can wait for. */
export interface WaitTarget {
  /** Such as "Deployment metallb-system/controller". */
  title: string;
  /** Looks once. */
  look(api: KubernetesApi, signal: AbortSignal): Promise<Sight>;
  /** Follows it, telling every sight, until one is reached or hopeless, which it returns. Rejects when the signal aborts. */
  follow(api: KubernetesApi, see: (sight: Sight) => void, signal: AbortSignal): Promise<Sight>;
  /** What stands in the way now: pods, their containers, events. Never throws. */
  obstacles(api: KubernetesApi, signal: AbortSignal): Promise<string[]>;
}

/** What is there of an object that is waited for; undefined: nothing. */
export type Seen = KubernetesObject | undefined;
