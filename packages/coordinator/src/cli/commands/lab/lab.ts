import type { Say } from '../../../assembly/options.ts';

/** Where a lab keeps what it needs. */
export interface LabDirectories {
  /** What labs are made from, kept from lab to lab. */
  cacheDir: string;
  /** One lab: its hosts and their logs. */
  stateDir: string;
}

/** A running host of a lab, as `lab exec` is given it. */
export interface LabHost {
  name: string;
  /** IPv4 address on the lab's bridge. */
  address: string;
}

/**
 * What the `lab` commands ask of a lab; the package @vhive/lab is one. Failures are thrown as VhiveError.
 */
export interface Lab {
  /** The directories by environment (`VHIVE_LAB_DIR`, `VHIVE_CACHE_DIR`) and default. */
  defaultLabDirectories(): LabDirectories;
  /** Makes sure that this many hosts run, each with vhive-agent as a service. */
  labClusterHosts(options: LabDirectories & { hosts: number; log: Say; signal: AbortSignal }): Promise<LabHost[]>;
  /** All hosts, running or not; `host` is there while it runs. `tree`: its root file system, as a path of this machine. */
  labList(
    lab: LabDirectories,
  ): Promise<(LabHost & { state: string; tree: string; host: { leaderPid: number } | undefined })[]>;
  /** The running host of this name. */
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
