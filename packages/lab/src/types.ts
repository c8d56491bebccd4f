/** A process named so that a later process with the same number is not mistaken for it. */
export interface ProcessIdentity {
  pid: number;
  /** Start time in clock ticks since the machine's boot: field 22 of `/proc/<pid>/stat` (proc(5)). */
  startTime: number;
}

/** A running host of the lab: a systemd-nspawn container with its own systemd, network and cgroups. */
export interface LabHost {
  /** `host-1`, `host-2`, ... */
  name: string;
  /** IPv4 address on the lab's bridge, the same for the host's whole life. */
  address: string;
  /** Process id, seen from the machine, of the host's systemd at the time of the call. A reboot changes it. */
  leaderPid: number;
  /** Root file system of the host, as a path of the machine. */
  tree: string;
  /** What starts the host again when it reboots; it outlives the command that made the host. */
  supervisor: ProcessIdentity;
}

/** A directory of the machine shown to every host. */
export interface LabBind {
  /** Absolute path on the machine. */
  source: string;
  /** Absolute path inside the hosts. */
  target: string;
  readOnly: boolean;
}

/** Where the lab says, line by line, what it is doing. */
export type LabLog = (line: string) => void;

/** Where a lab keeps what it needs. */
export interface LabDirectories {
  /** Base tree and package repository, kept from lab to lab. */
  cacheDir: string;
  /** Hosts, logs and the state file of one lab; removed by {@link labDown}. Each state directory is a lab of its own. */
  stateDir: string;
}

/** Wishes for {@link labUp}. */
export interface LabUpOptions extends LabDirectories {
  /** How many hosts there must be at the end, 1 to 200. Existing ones above this number stay. */
  hosts: number;
  /** Fixed when a host boots: other binds on a running host are ignored, and said. */
  binds: readonly LabBind[];
  log: LabLog;
  signal?: AbortSignal | undefined;
}
