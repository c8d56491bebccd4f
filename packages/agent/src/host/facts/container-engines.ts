import { readdir } from 'node:fs/promises';
import { readText } from './read-text.ts';

/** The names of container engines, and of distributions of Kubernetes that bring one, by the names of their processes in /proc/<pid>/comm. */
const engines: Record<string, string> = {
  dockerd: 'docker',
  containerd: 'containerd',
  podman: 'podman',
  crio: 'crio',
  'cri-dockerd': 'cri-dockerd',
  k3s: 'k3s',
  'k3s-server': 'k3s',
  'k3s-agent': 'k3s',
  rke2: 'rke2',
  k0s: 'k0s',
  kubelite: 'microk8s',
};

/** Returns the container engines that run now, sorted by name. */
export async function containerEngines(): Promise<string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const names = await Promise.all(pids.map((pid) => readText(`/proc/${pid}/comm`)));
  return [...new Set(names.flatMap((name) => engines[name ?? ''] ?? []))].sort();
}
