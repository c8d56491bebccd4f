import type { Task } from '@vhive/shared';
import { addressAt } from '../../addresses/ranges.ts';
import type { PhaseContext } from '../kit/context.ts';
import { task } from '../kit/task.ts';
import { WRITTEN_BY_VHIVE } from '../kit/written-by-vhive.ts';

/** The folder of the programs that only vHive finds. */
export const VHIVE_PROGRAMS = '/opt/vhive/bin';
/** The kubectl that vHive finds. */
export const VHIVE_KUBECTL = `${VHIVE_PROGRAMS}/kubectl`;

/**
 * Returns the address of the cluster's DNS: the one that the kubelets are told, else the tenth of the services'
 * addresses, which kubeadm gives to it (cmd/kubeadm/app/constants, GetDNSIP).
 */
function clusterDns({ config: { kubernetes, network } }: Pick<PhaseContext, 'config'>): string {
  const { clusterDNS } = kubernetes.kubeletConfiguration;
  const first: unknown = Array.isArray(clusterDNS) ? clusterDNS[0] : undefined;
  return typeof first === 'string' ? first : addressAt(network.serviceCidr, 10);
}

/**
 * Makes the task that lets microVMs use the cluster's DNS. vHive asks kubectl for it once, when it starts
 * (ctriface/orch.go, getK8sDNS): before its node has joined and, after a reboot of the only node, before the API server
 * runs. Without an answer microVMs would use 8.8.8.8. Its own kubectl answers that one question without asking anybody.
 */
export function dnsTask(context: PhaseContext): Task {
  return task('dns', 'vHive knows the cluster’s DNS before the cluster answers', 'file', {
    state: 'present',
    path: VHIVE_KUBECTL,
    mode: '0755',
    content: `#!/bin/sh
${WRITTEN_BY_VHIVE}# vHive asks for the cluster's DNS when it starts, which may be before the API server answers.
case "$*" in
  'get service -n kube-system kube-dns '*) echo ${clusterDns(context)} ;;
  *) exec /usr/local/bin/kubectl "$@" ;;
esac
`,
  });
}
