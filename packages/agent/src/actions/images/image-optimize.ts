import { isDeepStrictEqual } from 'node:util';
import type { Action, ActionContext } from '../kit/action.ts';
import { failedForGood } from '../kit/failures.ts';
import { digestOf, runCtr, WORKSHOP } from './ctr.ts';
import { imageFailure } from './image-failure.ts';

/** The record of an image that was made: what it was made of, and its digest. */
const recordName = (target: string) => `optimized ${target}`;

/** Returns the digest of the image where it was made of what is there now; undefined where it has to be made. */
async function madeAlready(
  { ref, target, platform }: { ref: string; target: string; platform: string },
  context: ActionContext,
): Promise<string | undefined> {
  const digest = await digestOf(target, WORKSHOP, context);
  const of = await digestOf(ref, WORKSHOP, context);
  const record = await context.records.get(recordName(target));
  return isDeepStrictEqual(record, { of, platform, digest }) ? digest : undefined;
}

/** The action `image.optimize`, whose contract says what it does. */
export const imageOptimize: Action<'image.optimize'> = {
  async check(params, context) {
    const digest = await madeAlready(params, context);
    if (digest !== undefined) return { converged: true, outputs: { digest } };
    return { converged: false, changes: [`image ${params.target}: is made of ${params.ref}, as eStargz`] };
  },

  async apply({ ref, target, platform }, context) {
    const of = await digestOf(ref, WORKSHOP, context);
    if (of === undefined) throw failedForGood(`containerd has no ${ref} in its namespace ${WORKSHOP}`);
    context.progress('running the image, to see what it reads');
    const result = await runCtr(
      ['ctr-remote', '-n', WORKSHOP, 'image', 'optimize', '--oci', '--platform', platform, ref, target],
      context,
    );
    if (result.exitCode === 127)
      throw failedForGood('there is no ctr-remote on this host, which comes with the stargz snapshotter', {
        hint: 'vhive-coord up --sandbox stock-only --stargz',
      });
    const digest = result.exitCode === 0 ? await digestOf(target, WORKSHOP, context) : undefined;
    if (digest === undefined) throw imageFailure({ verb: 'optimize', ref }, result);
    await context.records.set(recordName(target), { of, platform, digest });
    return { digest };
  },
};
