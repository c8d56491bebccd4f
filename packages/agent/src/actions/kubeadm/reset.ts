import type { ActionContext } from '../action.ts';
import { commandFailed } from '../failures.ts';
import { setKubeadmState } from './records.ts';
import { runKubeadm } from './run-kubeadm.ts';

/** `kubeadm reset`, and our own records forgotten. */
export async function resetKubeadm(context: ActionContext, criSocket: string): Promise<void> {
  const result = await runKubeadm(context, ['reset', '--force', '--cri-socket', criSocket]);
  if (result.exitCode !== 0)
    throw commandFailed('kubeadm reset', result, { hint: 'does containerd run? systemctl status containerd' });
  await setKubeadmState(context, 'kubeadm.init', null);
  await setKubeadmState(context, 'kubeadm.join', null);
}
