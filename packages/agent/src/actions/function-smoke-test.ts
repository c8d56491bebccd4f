import { messageOf } from '@vhive/shared';
import type { Action } from './action.ts';
import { deleteFunction, deployFunction } from './function/deploy.ts';
import { callFunction } from './function/say-hello.ts';
import { adminConf } from './kubeadm/paths.ts';
import { referenceTo, titleOf } from './kubernetes/reference.ts';

/** For the deletion of what an earlier attempt left, milliseconds. */
const LEFT_OVER_MS = 60_000;
/** For the deletion at the end, milliseconds; after an abort there is less time. */
const REMOVAL_MS = { usual: 30_000, aborted: 8_000 };

/** `function.smoke-test` */
export const functionSmokeTest: Action<'function.smoke-test'> = {
  async check({ service }) {
    return { converged: false, changes: [`${titleOf(referenceTo(service))} is deployed, called and removed`] };
  },

  async apply(params, context) {
    // Its namespace in full: a watch is of one.
    const { metadata } = params.service;
    const service = { ...params.service, metadata: { ...metadata, namespace: metadata.namespace ?? 'default' } };
    const { host, signal, log, progress } = context;
    const title = titleOf(referenceTo(service));
    const api = await host.kubernetes(adminConf);
    await deleteFunction(api, service, AbortSignal.any([signal, AbortSignal.timeout(LEFT_OVER_MS)]));
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
      const limit = AbortSignal.timeout(signal.aborted ? REMOVAL_MS.aborted : REMOVAL_MS.usual);
      // What it found out counts, whether or not it can be removed.
      await deleteFunction(api, service, limit).catch((error: unknown) =>
        log(`${title} is not gone yet (${messageOf(error)}): kubectl -n ${service.metadata.namespace} get ksvc`),
      );
    }
  },
};
