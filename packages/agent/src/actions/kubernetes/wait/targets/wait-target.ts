import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import type { Obstacle } from '@vhive/base/kubernetes/obstacles/obstacle';
import type { KubernetesObject, Outputs } from '@vhive/shared';

/** What was seen of a target: how far it has got. */
export interface Sight {
  reached: boolean;
  /** The outputs, once the target is reached. */
  outputs: Outputs<'kubernetes.wait'>;
  /** Tells a person in one short text what is still missing. */
  state: string;
  /** Tells why the target will never be reached, so that waiting on would be in vain. */
  hopeless?: string | undefined;
}

/** Something one can wait for. */
export interface WaitTarget {
  /** The title, such as "Deployment metallb-system/controller". */
  title: string;
  /** Looks at the target once. */
  look(api: KubernetesApi, signal: AbortSignal): Promise<Sight>;
  /**
   * Follows the target and tells every sight of it, until it is reached or hopeless. Returns that last sight. Rejects
   * when the signal aborts.
   */
  follow(api: KubernetesApi, see: (sight: Sight) => void, signal: AbortSignal): Promise<Sight>;
  /** Tells what stands in the way now: pods, their containers, events. It never throws. */
  obstacles(api: KubernetesApi, signal: AbortSignal): Promise<Obstacle[]>;
}

/** The object that is waited for, or undefined while there is none. */
export type Seen = KubernetesObject | undefined;
