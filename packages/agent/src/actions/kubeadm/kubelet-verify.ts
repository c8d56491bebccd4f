import type { Params } from '@vhive/shared';
import type { Action, ActionContext } from '../kit/action.ts';
import { failed } from '../kit/failures.ts';
import { systemctl } from '../systemd/systemctl.ts';
import { kubeletSettings } from './kubelet-settings.ts';

const withoutScheme = (socket: string | undefined) => socket?.replace(/^unix:\/\//, '');

async function differences(
  { criSocket, nodeAddress }: Params<'kubelet.verify'>,
  { host, signal }: ActionContext,
): Promise<string[]> {
  const now = await kubeletSettings(host, signal);
  const where = now.source === 'running' ? 'the running kubelet' : "the kubelet's unit";
  const found: string[] = [];
  // An old kubelet without this setting takes Docker's socket. Before kubeadm has run, the setting may still come from
  // kubeadm.
  const socketOpen = now.criSocket === undefined && !now.configured;
  if (!socketOpen && withoutScheme(now.criSocket) !== withoutScheme(criSocket))
    found.push(`CRI socket of ${where}: ${now.criSocket ?? 'the default'} becomes ${criSocket}`);
  if (!now.nodeAddress?.split(',').includes(nodeAddress))
    found.push(`node address of ${where}: ${now.nodeAddress ?? 'chosen by itself'} becomes ${nodeAddress}`);
  return found;
}

/** The action `kubelet.verify`, whose contract says what it does. */
export const kubeletVerify: Action<'kubelet.verify'> = {
  async check(params, context) {
    const changes = await differences(params, context);
    return changes.length === 0 ? { converged: true, outputs: {} } : { converged: false, changes };
  },
  async apply(params, context) {
    // The files of the kubelet may have changed after its start.
    await systemctl(context, ['restart', 'kubelet.service'], 'kubelet.service');
    const left = await differences(params, context);
    if (left.length > 0)
      throw failed(`the kubelet does not use what it was given, even after a restart: ${left.join('; ')}`, {
        hint: 'which file sets it? systemctl cat kubelet; cat /etc/default/kubelet /var/lib/kubelet/kubeadm-flags.env',
      });
    return undefined;
  },
};
