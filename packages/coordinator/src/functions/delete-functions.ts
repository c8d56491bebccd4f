import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { podOf } from '@vhive/base/kubernetes/obstacles/pod';
import { isMeant } from '@vhive/core/functions/function-names';
import { FUNCTION_LABEL, messageOf } from '@vhive/shared';
import pLimit from 'p-limit';
import { functionsOf } from './function-view.ts';

/** Which functions of a namespace are meant, and which words meant none. */
export interface MeantFunctions {
  names: string[];
  missing: string[];
}

/** Finds the functions that words mean, which are names or patterns; without words all are meant. */
export async function meantFunctions(
  api: KubernetesApi,
  namespace: string,
  words: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<MeantFunctions> {
  const objects = await api.list(functionsOf(namespace), { signal, metadataOnly: true });
  const all = objects
    .map(({ metadata }) => metadata.name)
    .toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  if (words === undefined) return { names: all, missing: [] };
  return {
    names: all.filter((name) => words.some((word) => isMeant(name, word))),
    missing: words.filter((word) => !all.some((name) => isMeant(name, word))),
  };
}

/** How functions are deleted. */
export interface DeleteOptions {
  api: KubernetesApi;
  namespace: string;
  /** Whether to wait until they and their pods are gone. */
  wait: boolean;
  signal: AbortSignal;
  /** Called when a function is gone; without `wait`, when its deletion has begun. */
  onDeleted: (name: string) => void;
}

/** So many functions are deleted at a time. */
const CONCURRENCY = 8;

/**
 * Deletes functions, and waits until their Services and all their pods are gone. Returns what could not be deleted, and
 * why. Rejects with the reason of the signal; deletions that have begun go on then.
 */
export async function deleteFunctions(
  names: readonly string[],
  options: DeleteOptions,
): Promise<{ name: string; reason: string }[]> {
  const { api, namespace, wait, signal, onDeleted } = options;
  const limit = pLimit(CONCURRENCY);
  const failures: { name: string; reason: string }[] = [];
  const one = async (name: string) => {
    const reference = { ...functionsOf(namespace), name };
    try {
      await api.delete(reference, { signal, dependentsFirst: wait });
      if (wait) await api.waitFor(reference, (now) => now === undefined, { signal });
    } catch (error) {
      signal.throwIfAborted();
      failures.push({ name, reason: messageOf(error) });
      return;
    }
    if (!wait) onDeleted(name);
  };
  await Promise.all(names.map((name) => limit(() => one(name))));
  if (wait)
    await podsGone(
      names.filter((name) => failures.every((failure) => failure.name !== name)),
      options,
    );
  return failures;
}

/** After an abort, the deletion of functions is begun within so many milliseconds. */
const BEGUN_MS = 5_000;

/**
 * Deletes functions at the end of what they were deployed for, and waits until they are gone; after an abort, their
 * deletion is only begun. What could not be deleted is left.
 */
export async function cleanUp(
  names: readonly string[],
  { api, namespace, signal }: Pick<DeleteOptions, 'api' | 'namespace' | 'signal'>,
): Promise<void> {
  const wait = !signal.aborted;
  const until = wait ? signal : AbortSignal.timeout(BEGUN_MS);
  await deleteFunctions(names, { api, namespace, wait, signal: until, onDeleted: () => undefined });
}

/** Waits until the functions have no pods, which drain for about a minute, and tells each that has none. */
async function podsGone(names: readonly string[], { api, namespace, signal, onDeleted }: DeleteOptions): Promise<void> {
  const left = new Set(names);
  if (left.size === 0) return;
  await api.waitForList(
    { apiVersion: 'v1', kind: 'Pod', namespace },
    (objects) => {
      const withPods = new Set(objects.map((object) => podOf(object)?.metadata.labels[FUNCTION_LABEL]));
      for (const name of left) {
        if (withPods.has(name)) continue;
        left.delete(name);
        onDeleted(name);
      }
      return left.size === 0;
    },
    { signal },
  );
}
