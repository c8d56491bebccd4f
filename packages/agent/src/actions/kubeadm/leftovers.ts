import type { ActionContext } from '../kit/action.ts';

/** The names of the rules and chains of kube-proxy and of the network plugins. */
const foreign = /KUBE-|CNI-|cali[-:]|cni-/;
/** The network links that the bridge and VXLAN plugins make. */
const links = ['cni0', 'flannel.1', 'vxlan.calico'];

/**
 * Removes what the network plugins left and what `kubeadm reset` only mentions: packet filter rules, links and their
 * state. It does what it can; what fails is only logged.
 */
export async function removeNetworkLeftovers({ host, streamed, log }: ActionContext): Promise<void> {
  for (const family of ['iptables', 'ip6tables']) {
    const saved = await host.run([`${family}-save`]);
    if (saved.exitCode !== 0 || !foreign.test(saved.stdout)) continue;
    const kept = saved.stdout.split('\n').filter((line) => !foreign.test(line));
    const restored = await host.run([`${family}-restore`], { ...streamed, input: `${kept.join('\n')}\n` });
    if (restored.exitCode !== 0) log(`rules of Kubernetes stay in ${family}: ${restored.stderr.trim()}`);
  }
  for (const link of links)
    if (await host.stat(`/sys/class/net/${link}`)) await host.run(['ip', 'link', 'delete', link], streamed);
  await host.remove('/var/lib/cni/networks', { recursive: true });
  for (const name of ['10-calico.conflist', 'calico-kubeconfig']) await host.remove(`/etc/cni/net.d/${name}`);
}
