import { conditionsOf, hasCondition } from '@vhive/base/kubernetes/conditions';
import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { referenceTo, titleOf } from '@vhive/base/kubernetes/reference';
import type { KubernetesObject } from '@vhive/shared';
import type { ActionContext } from '../../kit/action.ts';
import { failed } from '../../kit/failures.ts';

/**
 * The time limit for new kinds to be served, in milliseconds. They are usually served within seconds of their
 * definition.
 */
const ESTABLISHED_MS = 60_000;

/**
 * Waits until the API server serves the kinds of these definitions. When it does not, it fails with what the server
 * says against one of them.
 */
export async function establish(
  api: KubernetesApi,
  definitions: readonly KubernetesObject[],
  context: ActionContext,
): Promise<void> {
  const limitMs = ESTABLISHED_MS * context.patience;
  const limit = AbortSignal.timeout(limitMs);
  const signal = AbortSignal.any([context.signal, limit]);
  await Promise.all(
    definitions.map(async (definition) => {
      let latest: KubernetesObject | undefined;
      try {
        const until = (object: KubernetesObject | undefined) => {
          latest = object;
          return hasCondition(object, 'Established');
        };
        await api.waitFor(referenceTo(definition), until, { signal });
      } catch (error) {
        context.signal.throwIfAborted();
        if (!limit.aborted) throw error;
        const why = conditionsOf(latest)
          .filter(({ type, status }) => (type === 'Established' || type === 'NamesAccepted') && status !== 'True')
          .map(({ message }) => message);
        throw failed(
          `${titleOf(referenceTo(definition))} was not established within ${limitMs / 1000} s${why.length > 0 ? `: ${why.join('; ')}` : ''}`,
          { hint: `kubectl describe crd ${definition.metadata.name}` },
        );
      }
    }),
  );
}
