import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { functionObstacles } from '@vhive/base/kubernetes/obstacles/function-obstacles';
import { referenceTo, titleOf } from '@vhive/base/kubernetes/reference';
import { type KubernetesObject, messageOf } from '@vhive/shared';
import { type Action, type ActionContext, ActionError } from '../kit/action.ts';
import { failed } from '../kit/failures.ts';
import { withReasons } from '../kit/with-reasons.ts';
import { adminConf } from '../kubeadm/paths.ts';
import { deleteFunction, deployFunction } from './deploy.ts';
import { type Answer, callFunction } from './say-hello.ts';

/** The deletion of what an earlier attempt left, including its pods, may take this many milliseconds. */
const LEFT_OVER_MS = 90_000;
/**
 * The deletion at the end may take this many milliseconds. It leaves the pods to Kubernetes, and it must be shorter
 * than the time that is left after an abort.
 */
const REMOVAL_MS = 8_000;

/** After the time is up, the API server is asked for the reasons for this many milliseconds. */
const EXPLAIN_MS = 4_000;

/** The action `function.smoke-test`, whose contract says what it does. */
export const functionSmokeTest: Action<'function.smoke-test'> = {
  async check({ service }) {
    return { converged: false, changes: [`${titleOf(referenceTo(service))} is deployed, called and removed`] };
  },

  async apply(params, context) {
    // The namespace is written out, because a watch is always of one namespace.
    const { metadata } = params.service;
    const service = { ...params.service, metadata: { ...metadata, namespace: metadata.namespace ?? 'default' } };
    const { host, log, progress } = context;
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
      const { address, port } = endpoint;
      const { message } = params;
      const timeoutMs = params.callTimeoutMs * context.patience;
      const { reply, callMs } = await answered(api, service, context, (log, signal) =>
        callFunction({ address, port, authority: url.host, message, timeoutMs, signal, log }),
      );
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
 * Calls a function that is Ready. While there is no answer, people are told what the gateway says and what the pods of
 * the function say, and the failure has the same.
 */
async function answered(
  api: KubernetesApi,
  service: KubernetesObject,
  context: ActionContext,
  call: (log: (text: string) => void, signal: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  let said = 'the gateway has not answered yet';
  const log = (text: string) => {
    said = text;
    context.log(text);
  };
  const says = async (signal: AbortSignal) =>
    (await functionObstacles(api, referenceTo(service), signal)).map(({ line }) => line);
  try {
    return await withReasons(
      context,
      async (signal) => [said, ...(await says(signal))],
      (signal) => call(log, signal),
    );
  } catch (error) {
    if (!(error instanceof ActionError) || context.signal.aborted) throw error;
    const lines = await says(AbortSignal.timeout(EXPLAIN_MS));
    const { message } = error.failure;
    throw new ActionError({ ...error.failure, message: [message, ...lines.slice(0, 3)].join('; '), lastLines: lines });
  }
}

/**
 * Deletes the function that an earlier attempt left, including its revisions. Revisions are named after their function,
 * so a new function of the same name would wait for the old ones to go.
 */
async function deleteLeftOver(api: KubernetesApi, service: KubernetesObject, context: ActionContext): Promise<void> {
  const { signal } = context;
  const limitMs = LEFT_OVER_MS * context.patience;
  const limit = AbortSignal.timeout(limitMs);
  try {
    await deleteFunction(api, service, { dependentsFirst: true, signal: AbortSignal.any([signal, limit]) });
  } catch (error) {
    signal.throwIfAborted();
    if (!limit.aborted) throw error;
    throw failed(
      `${titleOf(referenceTo(service))} of an earlier attempt is not gone ${limitMs / 1000} s after its deletion`,
      {
        hint: `kubectl -n ${service.metadata.namespace} get ksvc,revisions,pods`,
        code: 'timeout',
      },
    );
  }
}
