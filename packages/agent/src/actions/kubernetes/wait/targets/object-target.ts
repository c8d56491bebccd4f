import type { ObjectReference } from '@vhive/base/kubernetes/kubernetes-api';
import { obstacles } from '@vhive/base/kubernetes/obstacles/index';
import { titleOf } from '@vhive/base/kubernetes/reference';
import type { Outputs } from '@vhive/shared';
import type { Seen, Sight, WaitTarget } from './wait-target.ts';

/** The rules by which one object reaches a state. */
export interface ObjectRules {
  reference: ObjectReference;
  reached(object: Seen): boolean;
  /** Tells what is still missing. */
  state(object: Seen): string;
  outputs?(object: Seen): Outputs<'kubernetes.wait'>;
  hopeless?(object: Seen): string | undefined;
  /** Set where the object itself says everything, and thousands of agents would ask the API server for more. */
  saysAll?: true;
}

/** Makes a target that is judged by one object only. */
export function objectTarget({ reference, reached, state, outputs, hopeless, saysAll }: ObjectRules): WaitTarget {
  let latest: Seen;
  const sightOf = (object: Seen): Sight => {
    latest = object;
    const done = reached(object);
    return {
      reached: done,
      outputs: done && outputs ? outputs(object) : {},
      state: done ? 'reached' : state(object),
      hopeless: done ? undefined : hopeless?.(object),
    };
  };
  return {
    title: titleOf(reference),
    look: async (api, signal) => sightOf(await api.get(reference, { signal })),
    async follow(api, see, signal) {
      const until = (object: Seen) => {
        const sight = sightOf(object);
        see(sight);
        return sight.reached || sight.hopeless !== undefined;
      };
      return sightOf(await api.waitFor(reference, until, { signal }));
    },
    obstacles: async (api, signal) => (saysAll ? [] : await obstacles(api, reference, latest, signal)),
  };
}
