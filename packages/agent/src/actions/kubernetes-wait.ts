import type { KubernetesObject, Outputs, Params } from '@vhive/shared';
import type { KubernetesApi } from '../host/kubernetes-api.ts';
import type { Action, ActionContext } from './action.ts';
import { failed } from './failures.ts';
import { adminConf, kubeletConf } from './kubeadm/paths.ts';
import { obstacles } from './kubernetes/obstacles.ts';
import { titleOf } from './kubernetes/reference.ts';
import { podCidrOf, waitTarget } from './kubernetes/wait-target.ts';

/** A server that is up answers a mere look within this, milliseconds. */
const LOOK_MS = 5_000;
/** How often is told what stands in the way, milliseconds. */
const TELL_INTERVAL_MS = 15_000;
/** How long the API server is asked for the reasons after the time is up, milliseconds. */
const EXPLAIN_MS = 4_000;

/** The admin credentials; on a worker the kubelet's own, which may see its own node. */
async function connect({ host }: ActionContext): Promise<KubernetesApi> {
  if (await host.stat(adminConf)) return host.kubernetes(adminConf);
  if (await host.stat(kubeletConf)) return host.kubernetes(kubeletConf);
  throw failed('this host has no credentials for the Kubernetes API: it is neither a control plane nor a node yet');
}

function outputsOf(
  target: Params<'kubernetes.wait'>['for'],
  object: KubernetesObject | undefined,
): Outputs<'kubernetes.wait'> {
  const podCidr = target.type === 'node-registered' ? podCidrOf(object) : undefined;
  return podCidr === undefined ? {} : { podCidr };
}

/** `kubernetes.wait` */
export const kubernetesWait: Action<'kubernetes.wait'> = {
  async check({ for: target }, context) {
    const { host, signal } = context;
    const waits = (what: string) => ({ converged: false as const, changes: [`waits: ${what}`] });
    if (!(await host.stat(adminConf)) && !(await host.stat(kubeletConf))) return waits('there is no cluster yet');
    const look = AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]);
    try {
      const api = await connect(context);
      if (target.type === 'api-server') {
        await api.ready({ signal: look });
        return { converged: true, outputs: {} };
      }
      const { reference, reached, state } = waitTarget(target);
      const object = await api.get(reference, { signal: look });
      if (reached(object)) return { converged: true, outputs: outputsOf(target, object) };
      return waits(`${titleOf(reference)}: ${state(object)}`);
    } catch {
      signal.throwIfAborted();
      return waits('the API server does not answer yet');
    }
  },

  async apply({ for: target }, context) {
    const { signal, log, progress } = context;
    const api = await connect(context);
    if (target.type === 'api-server') {
      await api.ready({ signal });
      return {};
    }
    const { reference, reached, state } = waitTarget(target);
    let latest: KubernetesObject | undefined;
    let told = '';
    const tell = (text: string) => {
      if (text === told) return;
      told = text;
      progress(text);
      log(`${titleOf(reference)}: ${text}`);
    };
    const reasons = async (limit: AbortSignal) => [state(latest), ...(await obstacles(api, reference, latest, limit))];
    // The reasons stand in the log while it lasts, whatever ends it.
    const timer = setInterval(() => {
      void reasons(AbortSignal.any([signal, AbortSignal.timeout(EXPLAIN_MS)])).then((lines) => {
        if (!reached(latest)) tell(lines.join('; '));
      });
    }, TELL_INTERVAL_MS);
    try {
      const object = await api.waitFor(
        reference,
        (now) => {
          latest = now;
          if (reached(now)) return true;
          progress(state(now));
          return false;
        },
        { signal },
      );
      return outputsOf(target, object);
    } catch (error) {
      if (!signal.aborted) throw error;
      const lines = await reasons(AbortSignal.timeout(EXPLAIN_MS));
      tell(lines.join('; '));
      throw failed(`${titleOf(reference)} did not get there: ${lines.slice(0, 2).join('; ')}`, {
        code: 'timeout',
        lastLines: lines,
      });
    } finally {
      clearInterval(timer);
    }
  },
};
