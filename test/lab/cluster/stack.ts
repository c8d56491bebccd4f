import { catalogue } from '@vhive/core/versions/catalogue';
import type { LabCluster } from './lab-cluster.ts';

/** Prints everything that a host is told at its boot by files of ours, as lines. */
const script = `
for unit in containerd kubelet chrony vhive-agent nftables; do
  echo "unit $unit $(systemctl is-enabled $unit 2>/dev/null) $(systemctl is-active $unit)"
done
systemctl list-units --failed --plain --no-legend | sed 's/^/failed /'
systemctl list-unit-files --no-legend 'vhive-*' | sed 's/^/unit file /'
sed 's/^/hosts /' /etc/hosts
for setting in net/ipv4/ip_forward net/ipv4/conf/all/promote_secondaries net/ipv4/ip_local_port_range \
  net/bridge/bridge-nf-call-iptables kernel/pid_max kernel/threads-max
do echo "setting $setting $(cat /proc/sys/$setting)"; done
nft list tables | grep vhive | sort
ip route show | grep -v cni0 | sort | sed 's/^/route /'
swapon --show | sed 's/^/swap /'
`;

/** Returns what must be the same on a host after a reboot. */
export async function hostState(cluster: LabCluster, name: string): Promise<string[]> {
  return (await cluster.shell(name, script)).split('\n');
}

/** Returns the address of the ingress gateway, as Kubernetes has it. */
export function functionsGateway(cluster: LabCluster): Promise<string> {
  const address = 'jsonpath={.status.loadBalancer.ingress[0].ip}';
  return cluster.kubectl('get', 'service', '-n', 'istio-system', 'istio-ingressgateway', '-o', address);
}

/** An image with a shell that every node has. */
const shellImage = `registry.k8s.io/kube-proxy:v${catalogue.kubernetes.version}`;

/** Runs a pod that prints on which kernel it runs, and ends. Returns what it printed. */
export async function kernelOfPod(cluster: LabCluster, name: string, runtimeClassName?: string): Promise<string> {
  const command = ['sh', '-c', 'read -r kernel < /proc/version; echo "$kernel"'];
  const spec = { runtimeClassName, restartPolicy: 'Never', containers: [{ name, image: shellImage, command }] };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec };
  await cluster.run('host-1', ['kubectl', 'apply', '-f', '-'], { input: JSON.stringify(pod) });
  await cluster.kubectl('wait', `pod/${name}`, '--for=jsonpath={.status.phase}=Succeeded', '--timeout=90s');
  const log = await cluster.kubectl('logs', name);
  await cluster.kubectl('delete', 'pod', name, '--wait=true', '--timeout=90s');
  return log;
}
