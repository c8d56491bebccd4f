import type { CacheContext } from '../base-tree/base-tree.ts';
import type { LabNames } from '../machine/names.ts';
import type { LabBind, LabHost, ProcessIdentity } from '../types.ts';
import type { LabExecOptions, LabExecution } from './exec-options.ts';

/** A host that has everything that it needs to boot. */
export interface BootableHost {
  name: string;
  address: string;
  /** The lab's network, such as 10.77.0.0/24. */
  subnet: string;
  binds: readonly LabBind[];
}

/** What the disk of a new host starts with beyond what all hosts have. */
export interface NewDisk {
  name: string;
  address: string;
  /** The machine's address in the lab's network, which is the host's default gateway. */
  gateway: string;
  /** The text of /etc/hosts. */
  hostsFile: string;
  signal?: AbortSignal | undefined;
}

/** Makes the disk of a new host. A disk that exists already is kept as it is. */
export type MakeDisk = (names: LabNames, disk: NewDisk) => Promise<void>;

/**
 * What differs between hosts of different kinds. Everything else of the lab (names, addresses, the bridge, the state
 * file, supervisors, waiting, removal) is the same for all.
 */
export interface HostKind {
  /**
   * How long a host may take to reach its last boot target, in milliseconds. On an overloaded machine it needs many
   * times what it needs else.
   */
  readonly bootLimit: number;
  /** Makes sure that what hosts are made from is in the cache, and returns what makes a disk from it. */
  prepare(context: CacheContext): Promise<MakeDisk>;
  /** Returns the path of a host's disk on the machine, as {@link LabHost.tree} has it. */
  diskOf(names: LabNames, host: string): string;
  /** Starts a host under a supervisor and in cgroups of its own, and returns both without waiting for the boot. */
  start(names: LabNames, host: BootableHost): Promise<{ supervisor: ProcessIdentity; cgroups: string[] }>;
  /** Returns the process that is the host; undefined while the host is off or has not got that far. */
  leaderOf(supervisor: ProcessIdentity): number | undefined;
  /**
   * Returns a word for the host's present boot, which another boot does not have; undefined as long as its systemd does
   * not answer.
   */
  bootOf(host: LabHost): Promise<string | undefined>;
  /** Runs a program as root inside a running host. See labExec. */
  exec(host: LabHost, argv: readonly string[], options: LabExecOptions): LabExecution;
  /** Reads a file of a running host; undefined when there is none. */
  readFile(host: LabHost, path: string): Promise<string | undefined>;
  /** Replaces a file of a running host at once, and makes its directory. Its text is in no argument list. */
  writeFile(host: LabHost, path: string, text: string, mode: number): Promise<void>;
  /** Cuts a host's network cable or plugs it in again, so that the host sees it. */
  setLink(names: LabNames, host: string, state: 'up' | 'down'): Promise<void>;
}
