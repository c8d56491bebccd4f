import { conditionsOf, hasCondition } from '@vhive/base/kubernetes/conditions';
import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { functionObstacles } from '@vhive/base/kubernetes/obstacles/function-obstacles';
import { createHold } from '@vhive/base/kubernetes/obstacles/obstacle';
import { referenceTo, titleOf } from '@vhive/base/kubernetes/reference';
import type { KubernetesObject } from '@vhive/shared';
import * as z from 'zod';
import { type ActionContext, ActionError } from '../kit/action.ts';
import { failed } from '../kit/failures.ts';
import { withReasons } from '../kit/with-reasons.ts';
import { applyObjects } from '../kubernetes/apply/apply-objects.ts';
import { inVain } from '../kubernetes/wait/in-vain.ts';

/** After the time is up, the API server is asked for the reasons for this many milliseconds. */
const EXPLAIN_MS = 4_000;
/** The message of the failure has at most so many of the reasons; all of them are among its last lines. */
const TOLD = 4;

const withUrl = z.looseObject({ status: z.looseObject({ url: z.url() }) });

/** Returns the URL that Knative has given to the function, if it has given one. */
function urlOf(service: KubernetesObject | undefined): URL | undefined {
  const parsed = withUrl.safeParse(service);
  return parsed.success ? new URL(parsed.data.status.url) : undefined;
}

function conditionLines(service: KubernetesObject | undefined): string[] {
  if (service === undefined) return ['it does not exist'];
  const unmet = conditionsOf(service).filter(({ status }) => status !== 'True');
  if (unmet.length === 0) return ['Knative has said nothing about it yet: do the pods of knative-serving run?'];
  return unmet.map(({ type, reason, message }) => `${type}: ${[reason, message].filter(Boolean).join(', ')}`);
}

/**
 * Applies a Knative Service and watches it until it is Ready. Resolves with its URL. When that takes longer than
 * `readyMs` (longer where a node is slow), or when waiting does not help, it throws with what keeps its pods, Deployments
 * and Revisions, and with the conditions of the Service.
 */
export async function deployFunction(
  api: KubernetesApi,
  service: KubernetesObject,
  readyMs: number,
  context: ActionContext,
): Promise<URL> {
  const reference = referenceTo(service);
  await applyObjects(api, [service], context);
  const timeoutMs = readyMs * context.patience;
  const limit = AbortSignal.timeout(timeoutMs);
  let latest: KubernetesObject | undefined;
  const hold = createHold(context.patience);
  const explain = async (signal: AbortSignal) => {
    const found = await functionObstacles(api, reference, signal);
    return { found, lines: [...found.map(({ line }) => line), ...conditionLines(latest)] };
  };
  const reasons = async (signal: AbortSignal) => {
    const { found, lines } = await explain(signal);
    const lasting = hold(found, performance.now());
    if (lasting) throw inVain(titleOf(reference), lasting, lines);
    return lines;
  };
  const isReady = (now: KubernetesObject | undefined) => {
    latest = now;
    if (hasCondition(now, 'Ready') && urlOf(now) !== undefined) return true;
    context.progress(conditionLines(now).join('; '));
    return false;
  };
  try {
    const ready = await withReasons(context, reasons, (signal) =>
      api.waitFor(reference, isReady, { signal: AbortSignal.any([signal, limit]) }),
    );
    const url = urlOf(ready);
    if (url === undefined) throw failed(`${titleOf(reference)} is Ready without a URL`);
    return url;
  } catch (error) {
    if (error instanceof ActionError || (!limit.aborted && !context.signal.aborted)) throw error;
    const { lines } = await explain(AbortSignal.timeout(EXPLAIN_MS));
    const within = limit.aborted ? ` within ${timeoutMs / 1000} s` : '';
    throw failed(`${titleOf(reference)} did not become Ready${within}: ${lines.slice(0, TOLD).join('; ')}`, {
      hint: `kubectl -n ${reference.namespace ?? 'default'} get ksvc,revisions,pods`,
      code: 'timeout',
      lastLines: lines,
    });
  }
}

/**
 * Deletes the Service of a function and waits until it is gone. It is not an error when there is none. With
 * `dependentsFirst` it is gone only after its pods are, which drain for about a minute. Rejects when the signal aborts.
 */
export async function deleteFunction(
  api: KubernetesApi,
  service: KubernetesObject,
  options: { dependentsFirst: boolean; signal: AbortSignal },
): Promise<void> {
  const reference = referenceTo(service);
  if ((await api.get(reference, options)) === undefined) return;
  await api.delete(reference, options);
  await api.waitFor(reference, (now) => now === undefined, options);
}
