import type { Say } from '../../../assembly/options.ts';

/** The directories in which a lab keeps what it needs. */
export interface LabDirectories {
  /** The directory of what labs are made from. It is kept from lab to lab. */
  cacheDir: string;
  /** The directory of one lab, with its hosts and their logs. */
  stateDir: string;
}

/** What a lab is made for. */
export type LabStack = 'kubernetes-only' | 'serving' | 'full';

/** What a command says of how a lab is made. What it does not say, the lab remembers. */
export interface LabWishes {
  stack?: LabStack | undefined;
  /** Where the lab's own mirror tree has to be from. */
  source?: 'publishers' | 'compile' | undefined;
  /** A mirror tree to use instead: a directory or an address. */
  mirror?: string | undefined;
}

/** A running host of a lab, in the form in which `lab exec` takes it. */
export interface LabHost {
  name: string;
  /** Its IPv4 address on the lab's bridge. */
  address: string;
}

/** What the `lab` commands ask of a lab. The package @vhive/lab fulfils it. Failures are thrown as VhiveError. */
export interface Lab {
  /** The directories that the environment (`VHIVE_LAB_DIR`, `VHIVE_LAB_CACHE`) names, or the default ones. */
  defaultLabDirectories(): LabDirectories;
  /** Makes sure that so many containers and emulated hosts run, each with vhive-agent as a service. */
  labClusterHosts(
    options: LabDirectories & LabWishes & { hosts: number; emulated: number; log: Say; signal: AbortSignal },
  ): Promise<LabHost[]>;
  /**
   * Lists all hosts, whether they run or not. `host` is set while the host runs. `tree` is its root file system or the
   * file of its disk, as a path on this machine.
   */
  labList(
    lab: LabDirectories,
  ): Promise<(LabHost & { kind: string; state: string; tree: string; host: { leaderPid: number } | undefined })[]>;
  /** Returns the running host of this name. */
  labHost(name: string, lab: LabDirectories): Promise<LabHost>;
  /** Runs a program as root on a host, with this process's own streams. */
  labExec(
    host: LabHost,
    program: readonly string[],
    options: { stdio: 'inherit'; tty: boolean; cwd: string; reject: false },
  ): PromiseLike<{ exitCode?: number | undefined; signal?: string | undefined }>;
  /** Reboots a host, or switches it on, and waits until it is up. */
  labReboot(name: string, options: LabDirectories & { log: Say; signal: AbortSignal }): Promise<unknown>;
  /** Plugs the network cable of a host in, or pulls it out. */
  labLink(name: string, state: 'up' | 'down', lab: LabDirectories): Promise<void>;
  /** Removes the hosts and everything that belongs to them. */
  labDown(options: { stateDir: string; log: Say }): Promise<void>;
}
