import type { ActionContext } from '../kit/action.ts';
import { commandFailed } from '../kit/failures.ts';
import { adminConf } from './paths.ts';
import { setKubeadmState } from './records.ts';
import { runKubeadm } from './run-kubeadm.ts';

/**
 * Undoes what an init or join made that was cut off. The admin credentials are removed first: with them kubeadm would
 * ask a cluster that was never finished for its configuration and give up only after 40 s.
 */
export async function resetHalfMade(context: ActionContext, criSocket: string): Promise<void> {
  await context.host.remove(adminConf);
  await resetKubeadm(context, criSocket);
}

/** Runs `kubeadm reset` and forgets our own records about this host. */
export async function resetKubeadm(context: ActionContext, criSocket: string): Promise<void> {
  const result = await runKubeadm(context, ['reset', '--force', '--cri-socket', criSocket]);
  if (result.exitCode !== 0)
    throw commandFailed('kubeadm reset', result, { hint: 'does containerd run? systemctl status containerd' });
  await setKubeadmState(context, 'kubeadm.init', null);
  await setKubeadmState(context, 'kubeadm.join', null);
}
