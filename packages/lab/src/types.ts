/** Identifies a process so that a later process with the same number is not mistaken for it. */
export interface ProcessIdentity {
  pid: number;
  /** The start time in clock ticks since the machine's boot: field 22 of `/proc/<pid>/stat` (proc(5)). */
  startTime: number;
}

/**
 * What a host is made of: `container` is a systemd-nspawn container with its own systemd, network and cgroups on the
 * machine's kernel; `emulated` is a whole machine under qemu, with a kernel, a disk and a clock of its own.
 */
export type LabHostKind = 'container' | 'emulated';

/** A running host of the lab. */
export interface LabHost {
  /** The name: `host-1`, `host-2`, ... */
  name: string;
  kind: LabHostKind;
  /** The IPv4 address on the lab's bridge, which is the same for the host's whole life. */
  address: string;
  /**
   * The process that is the host at the time of the call, as the machine sees it: of a container its systemd, which a
   * reboot changes; of an emulated host qemu, which a reboot keeps.
   */
  leaderPid: number;
  /** The disk of the host, as a path of the machine: of a container the root file system, else the file of the disk. */
  tree: string;
  /** The process that starts the host again when it reboots. It outlives the command that made the host. */
  supervisor: ProcessIdentity;
}

/** A directory of the machine that every host sees. */
export interface LabBind {
  /** The absolute path on the machine. */
  source: string;
  /** The absolute path inside the hosts. */
  target: string;
  readOnly: boolean;
}

/** A function to which the lab tells, line by line, what it is doing. */
export type LabLog = (line: string) => void;

/** The directories in which a lab keeps what it needs. */
export interface LabDirectories {
  /** The directory of the base tree and the package repository, which are kept from lab to lab. */
  cacheDir: string;
  /**
   * The directory of the hosts, the logs and the state file of one lab. {@link labDown} removes it. Each state
   * directory is a lab of its own.
   */
  stateDir: string;
}

/** The options of {@link labUp}. */
export interface LabUpOptions extends LabDirectories {
  /** How many containers there must be at the end, from 0 to 200. Existing hosts above this number stay. */
  hosts: number;
  /** How many emulated hosts there must be as well; none by default. Both together are 1 to 200. */
  emulated?: number;
  /**
   * The directories that hosts see. They are fixed when a host boots: for a running host, other binds are ignored, and
   * the log says so.
   */
  binds: readonly LabBind[];
  log: LabLog;
  signal?: AbortSignal | undefined;
}
