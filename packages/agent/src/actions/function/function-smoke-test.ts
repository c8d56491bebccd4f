import { type KubernetesObject, messageOf } from '@vhive/shared';
import type { KubernetesApi } from '../../host/kubernetes/kubernetes-api.ts';
import type { Action, ActionContext } from '../kit/action.ts';
import { failed } from '../kit/failures.ts';
import { adminConf } from '../kubeadm/paths.ts';
import { referenceTo, titleOf } from '../kubernetes/reference.ts';
import { deleteFunction, deployFunction } from './deploy.ts';
import { callFunction } from './say-hello.ts';

/** The deletion of what an earlier attempt left, including its pods, may take this many milliseconds. */
const LEFT_OVER_MS = 90_000;
/**
 * The deletion at the end may take this many milliseconds. It leaves the pods to Kubernetes, and it must be shorter
 * than the time that is left after an abort.
 */
const REMOVAL_MS = 8_000;

/** The action `function.smoke-test`, whose contract says what it does. */
export const functionSmokeTest: Action<'function.smoke-test'> = {
  async check({ service }) {
    return { converged: false, changes: [`${titleOf(referenceTo(service))} is deployed, called and removed`] };
  },

  async apply(params, context) {
    // The namespace is written out, because a watch is always of one namespace.
    const { metadata } = params.service;
    const service = { ...params.service, metadata: { ...metadata, namespace: metadata.namespace ?? 'default' } };
    const { host, signal, log, progress } = context;
    const title = titleOf(referenceTo(service));
    const api = await host.kubernetes(adminConf);
    await deleteLeftOver(api, service, context);
    try {
      const started = performance.now();
      const url = await deployFunction(api, service, params.readyTimeoutMs, context);
      const readyMs = Math.round(performance.now() - started);
      log(`${title} is Ready after ${readyMs} ms: ${url.href}`);
      progress(`calling ${url.hostname}`);
      await using endpoint = await host.serviceEndpoint(params.gateway, params.port);
      const { reply, callMs } = await callFunction({
        address: endpoint.address,
        port: endpoint.port,
        authority: url.host,
        message: params.message,
        timeoutMs: params.callTimeoutMs,
        signal,
        log,
      });
      log(`answered after ${callMs} ms: ${reply}`);
      return { reply, readyMs, callMs };
    } finally {
      const limit = AbortSignal.timeout(REMOVAL_MS);
      // The result of the test counts, whether or not the function can be removed afterwards.
      await deleteFunction(api, service, { dependentsFirst: false, signal: limit }).catch((error: unknown) =>
        log(`${title} is not gone yet (${messageOf(error)}): kubectl -n ${service.metadata.namespace} get ksvc`),
      );
    }
  },
};

/**
 * Deletes the function that an earlier attempt left, including its revisions. Revisions are named after their function,
 * so a new function of the same name would wait for the old ones to go.
 */
async function deleteLeftOver(api: KubernetesApi, service: KubernetesObject, { signal }: ActionContext): Promise<void> {
  const limit = AbortSignal.timeout(LEFT_OVER_MS);
  try {
    await deleteFunction(api, service, { dependentsFirst: true, signal: AbortSignal.any([signal, limit]) });
  } catch (error) {
    signal.throwIfAborted();
    if (!limit.aborted) throw error;
    throw failed(
      `${titleOf(referenceTo(service))} of an earlier attempt is not gone ${LEFT_OVER_MS / 1000} s after its deletion`,
      {
        hint: `kubectl -n ${service.metadata.namespace} get ksvc,revisions,pods`,
        code: 'timeout',
      },
    );
  }
}
