import type { Finding } from '@vhive/shared';
import type { Host } from '../../host/host.ts';
import { listeningPorts } from './listening-ports.ts';

/** Kubernetes' own daemons; the kernel cuts names after 15 characters. */
const kubernetesProcesses = [
  'kubelet',
  'kube-proxy',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'etcd',
  'hyperkube',
  'calico-node',
].map((name) => name.slice(0, 15));

/** Ports that Kubernetes will need and somebody else has. On a node of a cluster its own daemons may have them. */
export async function portFindings(host: Host, ports: readonly number[], joined: boolean): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { port, pid, process: name } of await listeningPorts(host, ports)) {
    // The listeners of preflight.listen.
    if (pid === process.pid) continue;
    const kubernetes = name !== undefined && kubernetesProcesses.includes(name);
    // A process we cannot see on a joined node is in a container, and only the cluster's own take these ports.
    if (joined && (kubernetes || name === undefined)) continue;
    const who = name === undefined ? 'a process that cannot be seen from here' : `${name} (process ${pid})`;
    findings.push({
      check: `port ${port}`,
      level: 'error',
      message: `TCP port ${port} is taken by ${who}`,
      hint: kubernetes ? 'left over from another set-up? kubeadm reset -f' : `stop it: ss -ltnp 'sport = :${port}'`,
    });
  }
  return findings;
}
