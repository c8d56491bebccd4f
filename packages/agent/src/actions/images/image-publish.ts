import type { Action } from '../kit/action.ts';
import { failedForGood } from '../kit/failures.ts';
import { digestOf, transfer, WORKSHOP } from './ctr.ts';
import { imageFailure } from './image-failure.ts';

/** The action `image.publish`, whose contract says what it does. */
export const imagePublish: Action<'image.publish'> = {
  // Only the registry knows what it has, and ctr asks it for every layer before it sends it.
  async check({ target }, _context, applied) {
    if (applied !== undefined) return { converged: true, outputs: applied };
    return { converged: false, changes: [`image ${target}: is pushed`] };
  },

  async apply(params, context) {
    const { ref, target, credentials } = params;
    const digest = await digestOf(ref, WORKSHOP, context);
    if (digest === undefined) throw failedForGood(`containerd has no ${ref} in its namespace ${WORKSHOP}`);
    const result = await transfer('push', { ...params, ref: target, own: ref }, context);
    if (result.exitCode !== 0)
      throw imageFailure({ verb: 'push', ref: target, known: credentials !== undefined }, result);
    return { digest };
  },
};
