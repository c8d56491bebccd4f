import { parseImageReference } from '@vhive/shared';
import type { Action } from '../kit/action.ts';
import { digestOf, transfer, WORKSHOP } from './ctr.ts';
import { imageFailure } from './image-failure.ts';

/** The action `image.pull`, whose contract says what it does. */
export const imagePull: Action<'image.pull'> = {
  async check({ ref }, context, applied) {
    if (applied !== undefined) return { converged: true, outputs: applied };
    const digest = await digestOf(ref, WORKSHOP, context);
    // A digest says for good which image is meant; a tag may mean another one today.
    if (digest !== undefined && parseImageReference(ref).digest !== undefined)
      return { converged: true, outputs: { digest, fetched: false } };
    if (digest === undefined) return { converged: false, changes: [`image ${ref}: is pulled`] };
    return { converged: false, changes: [`image ${ref}: is pulled, unless it still is ${digest}`] };
  },

  async apply(params, context) {
    const { ref, credentials } = params;
    const before = await digestOf(ref, WORKSHOP, context);
    const result = await transfer('pull', params, context);
    const digest = result.exitCode === 0 ? await digestOf(ref, WORKSHOP, context) : undefined;
    if (digest === undefined) throw imageFailure({ verb: 'pull', ref, known: credentials !== undefined }, result);
    return { digest, fetched: digest !== before };
  },
};
