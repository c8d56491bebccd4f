import type { ActionContext } from '../kit/action.ts';
import { commandFailed } from '../kit/failures.ts';
import { adminConf } from './paths.ts';
import { setKubeadmState } from './records.ts';
import { runKubeadm } from './run-kubeadm.ts';

/**
 * Takes back what a cut-off init or join made. Without the admin credentials kubeadm does not ask a cluster that never
 * came to be for its configuration, which would take it 40 s to give up.
 */
export async function resetHalfMade(context: ActionContext, criSocket: string): Promise<void> {
  await context.host.remove(adminConf);
  await resetKubeadm(context, criSocket);
}

/** `kubeadm reset`, and our own records forgotten. */
export async function resetKubeadm(context: ActionContext, criSocket: string): Promise<void> {
  const result = await runKubeadm(context, ['reset', '--force', '--cri-socket', criSocket]);
  if (result.exitCode !== 0)
    throw commandFailed('kubeadm reset', result, { hint: 'does containerd run? systemctl status containerd' });
  await setKubeadmState(context, 'kubeadm.init', null);
  await setKubeadmState(context, 'kubeadm.join', null);
}
