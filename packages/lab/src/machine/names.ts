import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** Every name and path of one lab. All derive from the state directory, so a lost state file loses nothing. */
export interface LabNames {
  /** Four hexadecimal digits that tell labs of different state directories apart. */
  id: string;
  /** The machine's end of the cable into the lab; at most 15 characters (IFNAMSIZ). */
  machineLink: string;
  /** The directory name of the lab's groups in every cgroup hierarchy. */
  cgroup: string;
  /** Network namespace of the lab's bridge, bound to this file. */
  bridgeNamespace: string;
  hosts: string;
  logs: string;
  stateFile: string;
  lockFile: string;
}

/** Names and paths of the lab that lives in `stateDir` (absolute). */
export function labNames(stateDir: string): LabNames {
  const id = createHash('sha256').update(stateDir).digest('hex').slice(0, 4);
  return {
    id,
    machineLink: `vhlab-${id}`,
    cgroup: `vhive-lab-${id}`,
    bridgeNamespace: join(stateDir, 'bridge.netns'),
    hosts: join(stateDir, 'hosts'),
    logs: join(stateDir, 'log'),
    stateFile: join(stateDir, 'lab.json'),
    lockFile: join(stateDir, 'lab.lock'),
  };
}

/** Paths of one host. */
export interface LabHostNames {
  directory: string;
  tree: string;
  networkNamespace: string;
  /** What the host's systemd and systemd-nspawn said. */
  log: string;
}

/** Paths of the host called `host` in the lab. */
export function labHostNames(names: LabNames, host: string): LabHostNames {
  const directory = join(names.hosts, host);
  return {
    directory,
    tree: join(directory, 'tree'),
    networkNamespace: join(directory, 'netns'),
    log: join(names.logs, `${host}.log`),
  };
}
