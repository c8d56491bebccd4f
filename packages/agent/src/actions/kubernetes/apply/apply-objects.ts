import { ignoring } from '@vhive/base/ignoring';
import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { isTransient, isUnknownKind, isWebhookDown } from '@vhive/base/kubernetes/kubernetes-error';
import { referenceTo, titleOf } from '@vhive/base/kubernetes/reference';
import { createBackoff } from '@vhive/base/retry/backoff';
import { pause } from '@vhive/base/retry/sleep';
import type { KubernetesObject } from '@vhive/shared';
import pLimit, { type LimitFunction } from 'p-limit';
import { type ActionContext, ActionError } from '../../kit/action.ts';
import { refusalOf } from '../refusal.ts';
import { inRanks } from './apply-order.ts';
import { establish } from './establish.ts';

/**
 * The number of requests at a time. They are enough to hide the round trips and few enough for the fair queues of a
 * small API server.
 */
export const CONCURRENCY = 8;
/** The first and the longest wait in milliseconds before a refused object is tried again. */
const BACKOFF = { firstMs: 500, longestMs: 15_000 };
/** A kind that is still not served this many milliseconds after it was first asked for has no definition. */
const UNKNOWN_KIND_MS = 60_000;

/** What the objects of one pass share. */
interface Pass {
  api: KubernetesApi;
  context: ActionContext;
  limit: LimitFunction;
  /** The titles of the objects that will be tried again, and why. */
  waiting: Map<string, Error>;
  applied(): void;
}

/**
 * Applies one object. Where a later try can help, it tries until the time of the task is up. `heldUp` is called when
 * the object waits for something that later objects may bring about, such as a webhook's pods or the definition of its
 * kind.
 */
async function applyOne(object: KubernetesObject, pass: Pass, heldUp: () => void): Promise<void> {
  const { api, context, limit, waiting } = pass;
  const { signal, log } = context;
  const title = titleOf(referenceTo(object));
  const backoff = createBackoff(BACKOFF);
  const started = performance.now();
  for (;;) {
    try {
      signal.throwIfAborted();
      await limit(() => api.apply(object, { dryRun: false, signal }));
      waiting.delete(title);
      tellRefusals(pass);
      pass.applied();
      return;
    } catch (error) {
      // When the time is up, the message says what stood in the way, which is worth more than that the time is up.
      const before = waiting.get(title);
      if (signal.aborted && before) throw refusalOf(object, before);
      signal.throwIfAborted();
      if (!(error instanceof Error)) throw error;
      const hopeless = isUnknownKind(error) && performance.now() - started > UNKNOWN_KIND_MS * context.patience;
      if (hopeless || !isTransient(error)) throw refusalOf(object, error);
      if (before?.message !== error.message) log(`${title}: ${error.message}; once more`);
      waiting.set(title, error);
      context.progress(`${waiting.size} tried again, such as ${title}: ${error.message}`);
      tellRefusals(pass);
      if (isWebhookDown(error) || isUnknownKind(error)) heldUp();
    }
    // The waits differ at random, so that objects that were refused together do not all come back together.
    await pause(backoff.nextMs(), signal);
  }
}

/** Tells people what is tried again, and why. */
function tellRefusals({ context, waiting }: Pass): void {
  context.waiting([...waiting].map(([title, { message }]) => `${title} is refused: ${message}`));
}

/**
 * Applies objects rank by rank, and the objects of a rank side by side. Definitions of new kinds are awaited before
 * anything of those kinds is applied. An object that a webhook holds up does not hold up the others, because they may
 * be what the webhook waits for.
 */
export async function applyObjects(
  api: KubernetesApi,
  objects: readonly KubernetesObject[],
  given: ActionContext,
): Promise<void> {
  // The first permanent failure ends the tries of all other objects.
  const ended = new AbortController();
  const context = { ...given, signal: AbortSignal.any([given.signal, ended.signal]) };
  let count = 0;
  const pass: Pass = {
    api,
    context,
    limit: pLimit(CONCURRENCY),
    waiting: new Map(),
    applied: () => context.progress(`${++count} of ${objects.length} applied`),
  };
  const running: Promise<void>[] = [];
  const first = Promise.withResolvers<never>();
  first.promise.catch(ignoring('it is raced with below, which may have ended before'));
  try {
    for (const { rank, objects: members } of inRanks(objects)) {
      const passed = members.map((object) => {
        const held = Promise.withResolvers<void>();
        const whole = applyOne(object, pass, held.resolve);
        whole.catch(first.reject);
        running.push(whole);
        return Promise.race([whole, held.promise]);
      });
      await Promise.race([Promise.all(passed), first.promise]);
      if (rank === 'definitions') await establish(api, members, context);
    }
    await Promise.race([Promise.all(running), first.promise]);
  } catch (error) {
    ended.abort(error);
    await Promise.allSettled(running);
    if (!(error instanceof ActionError)) given.signal.throwIfAborted();
    throw error;
  }
}
