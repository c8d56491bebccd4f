import { createHash } from 'node:crypto';
import { join } from 'node:path';

/**
 * Every name and path of one lab. All of them derive from the state directory, so that nothing is lost with a lost
 * state file.
 */
export interface LabNames {
  /** Four hexadecimal digits that tell labs of different state directories apart. */
  id: string;
  /**
   * The network interface that is the machine's end of the cable into the lab. Its name has at most 15 characters
   * (IFNAMSIZ).
   */
  machineLink: string;
  /** The name of the lab's directory in every cgroup hierarchy. */
  cgroup: string;
  /** The file to which the network namespace of the lab's bridge is bound. */
  bridgeNamespace: string;
  hosts: string;
  logs: string;
  stateFile: string;
  lockFile: string;
  /** The file that says what the lab was made with. */
  memoryFile: string;
}

/** Returns the names and paths of the lab whose state directory is `stateDir`, an absolute path. */
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
    memoryFile: join(stateDir, 'made-with.json'),
  };
}

/** The paths of one host. */
export interface LabHostNames {
  directory: string;
  tree: string;
  networkNamespace: string;
  /** The file with what the host's systemd and systemd-nspawn printed. */
  log: string;
}

/** Returns the paths of the host called `host` in the lab. */
export function labHostNames(names: LabNames, host: string): LabHostNames {
  const directory = join(names.hosts, host);
  return {
    directory,
    tree: join(directory, 'tree'),
    networkNamespace: join(directory, 'netns'),
    log: join(names.logs, `${host}.log`),
  };
}
