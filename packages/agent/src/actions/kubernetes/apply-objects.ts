import type { KubernetesObject } from '@vhive/shared';
import pRetry from 'p-retry';
import type { KubernetesApi } from '../../host/kubernetes-api.ts';
import { isTransient, KubernetesError } from '../../host/kubernetes-error.ts';
import type { ActionContext } from '../action.ts';
import { failed, failedForGood } from '../failures.ts';
import { hasCondition } from './conditions.ts';
import { referenceTo, titleOf } from './reference.ts';

/** A new kind is served within seconds of its definition, milliseconds. */
const ESTABLISHED_MS = 60_000;

/** Rank in the order of applying: what others lie in, what others are of, then all else as it was written. */
const rank = ({ kind }: KubernetesObject) => (kind === 'Namespace' ? 0 : kind === 'CustomResourceDefinition' ? 1 : 2);

/** The same objects in an order in which they can be applied. */
export function inOrder(objects: readonly KubernetesObject[]): KubernetesObject[] {
  return [...objects].sort((a, b) => rank(a) - rank(b));
}

async function applyOne(api: KubernetesApi, object: KubernetesObject, context: ActionContext): Promise<void> {
  const { signal, log } = context;
  const title = titleOf(referenceTo(object));
  try {
    await pRetry(() => api.apply(object, { dryRun: false, signal }), {
      signal,
      retries: 12,
      minTimeout: 500,
      factor: 1.6,
      maxTimeout: 15_000,
      shouldRetry: ({ error }) => isTransient(error),
      onFailedAttempt: ({ error, retriesLeft }) => {
        if (retriesLeft > 0 && isTransient(error)) log(`${title}: ${error.message}; once more`);
      },
    });
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Error)) throw error;
    const message = `${title} cannot be applied: ${error.message}`;
    if (/field not declared in schema/.test(error.message))
      throw failedForGood(message, {
        hint: 'the manifest is for a newer Kubernetes: choose versions that go together in the cluster file (versions)',
      });
    // A refusal of the content will be one again.
    const refused = error instanceof KubernetesError && (error.status === 400 || error.status === 422);
    throw refused
      ? failedForGood(message)
      : failed(message, {
          hint: /webhook/.test(error.message)
            ? 'the webhook has no ready pod: kubectl get pods -A; kubectl get validatingwebhookconfigurations'
            : undefined,
        });
  }
}

/** Applies objects in order; definitions of new kinds are waited for before anything of those kinds. */
export async function applyObjects(
  api: KubernetesApi,
  objects: readonly KubernetesObject[],
  context: ActionContext,
): Promise<void> {
  const ordered = inOrder(objects);
  const definitions = ordered.filter((object) => rank(object) === 1);
  let waited = definitions.length === 0;
  for (const [index, object] of ordered.entries()) {
    if (!waited && rank(object) === 2) {
      await establish(api, definitions, context);
      waited = true;
    }
    context.progress(`${index + 1} of ${ordered.length}: ${titleOf(referenceTo(object))}`);
    await applyOne(api, object, context);
  }
  if (!waited) await establish(api, definitions, context);
}

async function establish(
  api: KubernetesApi,
  definitions: readonly KubernetesObject[],
  context: ActionContext,
): Promise<void> {
  const limit = AbortSignal.timeout(ESTABLISHED_MS);
  const signal = AbortSignal.any([context.signal, limit]);
  await Promise.all(
    definitions.map(async (definition) => {
      try {
        await api.waitFor(referenceTo(definition), (object) => hasCondition(object, 'Established'), { signal });
      } catch (error) {
        context.signal.throwIfAborted();
        if (!limit.aborted) throw error;
        throw failed(`${titleOf(referenceTo(definition))} was not established within ${ESTABLISHED_MS / 1000} s`, {
          hint: `kubectl describe crd ${definition.metadata.name}`,
        });
      }
    }),
  );
}
