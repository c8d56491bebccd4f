import { mkdir } from 'node:fs/promises';
import { ensureAptRepository } from '../base-tree/apt-repository.ts';
import { ensureBaseTree } from '../base-tree/base-tree.ts';
import { labCheck } from '../hosts/check.ts';
import { releaseTarget } from '../hosts/host-files.ts';
import { labUp } from '../hosts/up.ts';
import { ensureInotifyInstances } from '../machine/inotify-instances.ts';
import { labNames } from '../machine/names.ts';
import { installPrerequisites } from '../machine/prerequisites.ts';
import { ensureRelease } from '../release.ts';
import type { Publishers } from '../tree/publishers/publishers.ts';
import type { LabDirectories, LabHost, LabLog } from '../types.ts';
import { installLabAgents, LAB_MIRROR, writeLabClusterFile } from './agents.ts';
import { adaptedClusterFile, labClusterFile } from './cluster-file.ts';
import { readLabMemory, writeLabMemory } from './lab-memory.ts';
import { labSoftware } from './lab-software.ts';
import { type LabWishes, madeWith } from './made-with.ts';

/** The options of {@link labClusterHosts}. */
export interface ClusterHostsOptions extends LabDirectories, LabWishes {
  hosts: number;
  /** How many emulated hosts there are as well. */
  emulated?: number;
  /** The text of a cluster file to use instead of the lab's own, or of the one that is there already. */
  clusterFile?: string | undefined;
  /** Who can be asked for released software. By default nobody, so that it is compiled. */
  publishers?: Publishers | undefined;
  log: LabLog;
  signal?: AbortSignal | undefined;
}

/**
 * Makes real hosts on which `vhive-coord up` works. Each of them sees the release and the mirror tree of real software,
 * and runs `vhive-agent` as its installed service, pointed at the first host, which has the cluster file.
 */
export async function labClusterHosts(options: ClusterHostsOptions): Promise<LabHost[]> {
  const { cacheDir, stateDir, log, signal } = options;
  await labCheck({ stateDir });
  // It is looked at again once the hosts are known. A machine that cannot have them is told before anything is compiled.
  await ensureInotifyInstances({ hosts: options.hosts, cgroup: labNames(stateDir).cgroup, log });
  await mkdir(cacheDir, { recursive: true });
  const memory = await readLabMemory(stateDir);
  const made = madeWith(options, memory, log);
  await installPrerequisites(log, signal);
  await writeLabMemory(stateDir, made);
  // These run side by side, because the base tree mostly waits for the network and the mirror tree for the compiler.
  const [software, release] = await Promise.all([
    labSoftware(made, options),
    ensureRelease({ log, signal }),
    ensureBaseTree({ cacheDir, log, signal }).then((base) => ensureAptRepository(base, { cacheDir, log, signal })),
  ]);
  const binds = [
    { source: release, target: releaseTarget, readOnly: true },
    ...(software.directory === undefined ? [] : [{ source: software.directory, target: LAB_MIRROR, readOnly: true }]),
  ];
  const hosts = await labUp({ ...options, binds });
  const first = hosts[0];
  if (first)
    await writeLabClusterFile(first, (present) => {
      if (options.clusterFile !== undefined) return options.clusterFile;
      if (present === undefined) return labClusterFile(hosts.length, software, made.stack);
      return adaptedClusterFile(present, hosts.length, software, options.stack);
    });
  await installLabAgents(hosts, log, signal);
  return hosts;
}
