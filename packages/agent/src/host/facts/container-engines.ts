import { readdir } from 'node:fs/promises';
import { readText } from './read-text.ts';

/** Process name (as in /proc/<pid>/comm) to the engine's name. */
const engines: Record<string, string> = {
  dockerd: 'docker',
  containerd: 'containerd',
  podman: 'podman',
  crio: 'crio',
  'cri-dockerd': 'cri-dockerd',
};

/** Engines that run now, sorted. */
export async function containerEngines(): Promise<string[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const names = await Promise.all(pids.map((pid) => readText(`/proc/${pid}/comm`)));
  return [...new Set(names.flatMap((name) => engines[name ?? ''] ?? []))].sort();
}
