import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import { createHold, type Obstacle } from '@vhive/base/kubernetes/obstacles/obstacle';
import { messageOf } from '@vhive/shared';
import type { Action, ActionContext } from '../../kit/action.ts';
import { failed, failedForGood } from '../../kit/failures.ts';
import { withReasons } from '../../kit/with-reasons.ts';
import { kubeletWords } from '../../kubeadm/kubelet-words.ts';
import { adminConf, kubeletConf } from '../../kubeadm/paths.ts';
import { inVain } from './in-vain.ts';
import { waitTarget } from './targets/index.ts';
import type { Sight } from './targets/wait-target.ts';

/**
 * A single look waits this many milliseconds. A server that is up answers within this time even when it lists ten
 * thousand pods.
 */
const LOOK_MS = 15_000;
/** After the time is up, the API server is asked for the reasons for this many milliseconds. */
const EXPLAIN_MS = 4_000;

/** Connects with the admin credentials, or on a worker with those of the kubelet, which may see its own node. */
async function connect({ host }: ActionContext): Promise<KubernetesApi> {
  if (await host.stat(adminConf)) return host.kubernetes(adminConf);
  if (await host.stat(kubeletConf)) return host.kubernetes(kubeletConf);
  throw failed('this host has no credentials for the Kubernetes API: it is neither a control plane nor a node yet');
}

/** The action `kubernetes.wait`, whose contract says what it does. */
export const kubernetesWait: Action<'kubernetes.wait'> = {
  async check({ for: wanted }, context, applied) {
    const { host, signal } = context;
    // The state was reached a moment ago. When pods come and go since then, the wait has not failed.
    if (applied !== undefined) return { converged: true, outputs: applied };
    const waits = (what: string) => ({ converged: false as const, changes: [`waits: ${what}`] });
    if (!(await host.stat(adminConf)) && !(await host.stat(kubeletConf))) return waits('there is no cluster yet');
    const look = AbortSignal.any([signal, AbortSignal.timeout(LOOK_MS)]);
    try {
      const api = await connect(context);
      if (wanted.type === 'api-server') {
        await api.ready({ signal: look });
        return { converged: true, outputs: {} };
      }
      const target = waitTarget(wanted);
      const { reached, outputs, state } = await target.look(api, look);
      return reached ? { converged: true, outputs } : waits(`${target.title}: ${state}`);
    } catch (error) {
      signal.throwIfAborted();
      return waits(`the API server does not answer yet (${look.aborted ? 'it takes its time' : messageOf(error)})`);
    }
  },

  async apply({ for: wanted }, context) {
    const { signal, log, progress, patience } = context;
    const api = await connect(context);
    if (wanted.type === 'api-server') {
      const reasons = async () => ['the API server does not answer yet', ...(await kubeletWords(context))];
      await withReasons(context, reasons, (limit) => api.ready({ signal: limit }));
      return {};
    }
    const target = waitTarget(wanted);
    const hold = createHold(patience);
    let latest: Sight = { reached: false, outputs: {}, state: 'the API server has not told anything about it yet' };
    const see = (sight: Sight) => {
      latest = sight;
      if (!sight.reached) progress(sight.state);
    };
    const linesOf = (found: readonly Obstacle[]) => [latest.state, ...found.map(({ line }) => line)];
    const reasons = async (limit: AbortSignal) => {
      const found = await target.obstacles(api, limit);
      const lasting = latest.reached ? undefined : hold(found, performance.now());
      if (lasting) throw inVain(target.title, lasting, linesOf(found));
      // What a person has to know first is what keeps the pods; that they are not there is the title's other side.
      return [...found.map(({ line }) => line), latest.state];
    };
    try {
      const end = await withReasons(context, reasons, (limit) => target.follow(api, see, limit));
      if (end.hopeless === undefined) return end.outputs;
      const found = await target.obstacles(api, AbortSignal.timeout(EXPLAIN_MS));
      throw failedForGood(`${target.title} will not get there: ${end.hopeless}`, {
        lastLines: [end.hopeless, ...found.map(({ line }) => line)],
      });
    } catch (error) {
      if (!signal.aborted) throw error;
      const lines = linesOf(await target.obstacles(api, AbortSignal.timeout(EXPLAIN_MS)));
      log(`${target.title}: ${lines.join('; ')}`);
      throw failed(`${target.title} did not get there: ${lines.slice(0, 2).join('; ')}`, {
        code: 'timeout',
        lastLines: lines,
      });
    }
  },
};
