import type { ActionContext } from '../kit/action.ts';
import { commandFailed, failedForGood } from '../kit/failures.ts';
import { hostState } from './host-state.ts';
import { foreignHint, ownership, somePaths } from './ownership.ts';
import { adminConf } from './paths.ts';
import { setKubeadmRecord } from './records.ts';
import { runKubeadm } from './run-kubeadm.ts';

/** What has to be said before anything is reset; an empty list when nothing stands in the way of kubeadm. */
export async function resetsBefore(context: ActionContext): Promise<string[]> {
  const state = await hostState(context.host);
  const owned = await ownership(context, state);
  const paths = [...state.traces, ...(owned.etcdData ? state.etcdData : [])];
  return paths.length === 0 || !owned.traces
    ? []
    : [`kubeadm reset removes what an earlier try left: ${paths.join(', ')}`];
}

/**
 * Makes way for kubeadm: what an init or join of ours left that was cut off is reset. Throws when there is anything
 * that no record of ours says we made, before anything is removed.
 * @param needsEmptyEtcd whether kubeadm is to make a control plane, which wants the directory of etcd for itself
 */
export async function makeWay(
  context: ActionContext,
  { criSocket, needsEmptyEtcd }: { criSocket: string; needsEmptyEtcd: boolean },
): Promise<void> {
  const state = await hostState(context.host);
  const owned = await ownership(context, state);
  const foreign = [
    ...(owned.traces ? [] : state.traces),
    // A reset would empty the directory of etcd even on a worker.
    ...(owned.etcdData || !(needsEmptyEtcd || state.traces.length > 0) ? [] : state.etcdData),
  ];
  if (foreign.length > 0)
    throw failedForGood(`this host holds files of a cluster that vHive did not make here: ${somePaths(foreign)}`, {
      hint: foreignHint,
    });
  if (state.traces.length === 0 && (state.etcdData.length === 0 || !owned.etcdData)) return;
  context.log(`an earlier try was cut off: kubeadm reset first, of ${somePaths([...state.traces, ...state.etcdData])}`);
  // With the admin credentials kubeadm would ask a cluster that was never finished for its configuration, and give up
  // only after 40 s.
  await context.host.remove(adminConf);
  await resetKubeadm(context, criSocket);
}

/** Runs `kubeadm reset` and forgets our own records about this host. */
export async function resetKubeadm(context: ActionContext, criSocket: string): Promise<void> {
  const result = await runKubeadm(context, ['reset', '--force', '--cri-socket', criSocket]);
  if (result.exitCode !== 0)
    throw commandFailed('kubeadm reset', result, { hint: 'does containerd run? systemctl status containerd' });
  await setKubeadmRecord(context, 'kubeadm.init', null);
  await setKubeadmRecord(context, 'kubeadm.join', null);
}
