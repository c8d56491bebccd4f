import type { HostFinding } from '@vhive/shared';
import type { Host } from '../../host/host.ts';
import { listeningPorts } from './listening-ports.ts';

/** The daemons of Kubernetes itself, of Calico and of MetalLB. The kernel cuts the names of processes after 15 characters. */
const kubernetesProcesses = [
  'kubelet',
  'kube-proxy',
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'etcd',
  'hyperkube',
  'calico-node',
  'bird',
  'speaker',
].map((name) => name.slice(0, 15));

/**
 * Reports ports that Kubernetes will need and another process has. On a node of a cluster the daemons of Kubernetes may
 * have them.
 */
export async function portFindings(host: Host, ports: readonly number[], joined: boolean): Promise<HostFinding[]> {
  const findings: HostFinding[] = [];
  for (const { port, pid, process: name } of await listeningPorts(host, ports)) {
    // These are the agent's own listeners of preflight.listen.
    if (pid === process.pid) continue;
    const kubernetes = name !== undefined && kubernetesProcesses.includes(name);
    // On a node that has joined, a process that cannot be seen is in a container, and only the containers of the
    // cluster itself take these ports.
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
