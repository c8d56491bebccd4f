import type { KubernetesObject } from '@vhive/shared';
import * as z from 'zod';
import type { KubernetesApi } from '../../host/kubernetes/kubernetes-api.ts';
import type { ActionContext } from '../kit/action.ts';
import { failed } from '../kit/failures.ts';
import { applyObjects } from '../kubernetes/apply/apply-objects.ts';
import { referenceTo, titleOf } from '../kubernetes/reference.ts';
import { conditionsOf, hasCondition } from '../kubernetes/wait/conditions.ts';
import { obstacles } from '../kubernetes/wait/obstacles/index.ts';

/** After the time is up, the API server is asked for the reasons for this many milliseconds. */
const EXPLAIN_MS = 4_000;

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
 * `timeoutMs`, it throws with the conditions of the Service and with what stands in the way of its pods.
 */
export async function deployFunction(
  api: KubernetesApi,
  service: KubernetesObject,
  timeoutMs: number,
  context: ActionContext,
): Promise<URL> {
  const reference = referenceTo(service);
  await applyObjects(api, [service], context);
  const limit = AbortSignal.timeout(timeoutMs);
  let latest: KubernetesObject | undefined;
  try {
    const ready = await api.waitFor(
      reference,
      (now) => {
        latest = now;
        if (hasCondition(now, 'Ready') && urlOf(now) !== undefined) return true;
        context.progress(conditionLines(now).join('; '));
        return false;
      },
      { signal: AbortSignal.any([context.signal, limit]) },
    );
    const url = urlOf(ready);
    if (url === undefined) throw failed(`${titleOf(reference)} is Ready without a URL`);
    return url;
  } catch (error) {
    if (!limit.aborted && !context.signal.aborted) throw error;
    // Knative labels the pods of a function with the name of its Service.
    const pods = { ...service, spec: { selector: { matchLabels: { 'serving.knative.dev/service': reference.name } } } };
    const lines = [
      ...conditionLines(latest),
      ...(await obstacles(api, reference, pods, AbortSignal.timeout(EXPLAIN_MS))),
    ];
    const within = limit.aborted ? ` within ${timeoutMs / 1000} s` : '';
    throw failed(`${titleOf(reference)} did not become Ready${within}: ${lines.slice(0, 3).join('; ')}`, {
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
