import type { KubernetesApi } from '@vhive/base/kubernetes/kubernetes-api';
import type { Facts, LoadProgress, LoadTotals } from '@vhive/shared';
import type { GeneratorOrder } from './generator-order.ts';
import type { ReadUsage } from './usage/counters.ts';

/** The result of a command. A non-zero exit status is no exception: the caller decides what it means. */
export interface CommandResult {
  /**
   * The exit status; 128 plus the number of the signal when the command was killed; 127 when there is no such program.
   */
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** The options with which a command is run. */
export interface CommandOptions {
  signal?: AbortSignal;
  environment?: Record<string, string>;
  /** The working directory. By default it is the agent's own. */
  directory?: string;
  /** The text that is written to the standard input of the command. */
  input?: string;
  /** Called for every line of output as it comes. Leave it out for a command whose output holds secrets. */
  onLine?: (stream: 'stdout' | 'stderr', line: string) => void;
}

/** The attributes of a file. Owner and group are names where the host knows them, otherwise numbers as text. */
export interface FileStatus {
  type: 'file' | 'directory' | 'symlink' | 'other';
  /** The mode in octal, such as "0644". */
  mode: string;
  owner: string;
  group: string;
  bytes: number;
  /** The space that the file takes on the disk. It is less than `bytes` when the file is sparse. */
  allocatedBytes: number;
  /** Another text once the content may have changed: made of inode, size and times. */
  state: string;
}

/** The size of a file system and its free space, in bytes. `freeBytes` is what a user without privileges may take. */
export interface Space {
  totalBytes: number;
  freeBytes: number;
}

/**
 * The machine that an agent works on. Actions touch the world only through this interface, so that the same actions run
 * on a real host and on a simulated one. All paths are absolute paths of that host.
 */
export interface Host {
  /** true when the host is simulated: then nothing real is changed, and every line of output says so. */
  readonly simulated: boolean;
  /** Returns the content of a file, or undefined when there is no such file. */
  readFile(path: string): Promise<Buffer | undefined>;
  /**
   * Replaces a file atomically, by a temporary file in the same directory, fsync, rename, and fsync of the directory.
   * Parent directories that are missing are made with mode 0755.
   */
  writeFile(
    path: string,
    content: string | Uint8Array,
    attributes: { mode: string; owner?: string; group?: string },
  ): Promise<void>;
  /**
   * Returns the attributes of what is at a path, or undefined when nothing is there. It does not follow symbolic links.
   */
  stat(path: string): Promise<FileStatus | undefined>;
  /** Sets the mode and the owner of what is at a path. */
  setAttributes(path: string, attributes: { mode?: string; owner?: string; group?: string }): Promise<void>;
  /**
   * Returns the space of the file system that holds the path. When nothing is there yet, its nearest existing parent
   * counts.
   */
  space(path: string): Promise<Space>;
  makeDirectory(path: string, attributes?: { mode?: string; owner?: string; group?: string }): Promise<void>;
  /** Returns the names in a directory, sorted; an empty list when there is no such directory. */
  list(path: string): Promise<string[]>;
  /** Removes what is at a path. It is not an error when nothing is there. */
  remove(path: string, options?: { recursive?: boolean }): Promise<void>;
  /** Makes a symbolic link, or replaces one atomically. */
  symlink(target: string, path: string): Promise<void>;
  /** Returns the target of a symbolic link, or undefined when there is no link at the path. */
  readLink(path: string): Promise<string | undefined>;
  /**
   * Returns where a path of the host is on the machine that the agent process runs on, for reading and writing large
   * files as streams. On a real host both paths are the same.
   */
  localPath(path: string): string;
  run(argv: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Gathers what the host is and has. */
  facts(): Promise<Facts>;
  /** Opens what the kernel tells of the use of the host. `address` is that of the node, whose interface is told of. */
  usage(address: string): Promise<ReadUsage>;
  /** Tries a TCP connection: resolves when it was made, rejects with a readable message. */
  connect(address: string, port: number, options: { timeoutMs: number; signal?: AbortSignal }): Promise<void>;
  /** Listens on a port and closes every connection that it accepts. Returns undefined when the port is taken. */
  listen(address: string, port: number): Promise<{ close(): Promise<void> } | undefined>;
  /**
   * Returns where to connect to for an address that the cluster's load balancer gave to a service. On a real host this
   * is that address itself; a simulated host stands in for the gateway with a server of its own on loopback. Dispose of
   * the result after use.
   */
  serviceEndpoint(address: string, port: number): Promise<{ address: string; port: number } & AsyncDisposable>;
  /**
   * Sends a share of a load from a process of its own, with calls that are real. `onProgress` is called each second.
   * Rejects with the signal's reason, and with a VhiveError where the load cannot begin in time, the results cannot be
   * written, or the process is killed.
   */
  generateLoad(
    order: GeneratorOrder,
    options: { signal: AbortSignal; onProgress(progress: LoadProgress): void },
  ): Promise<LoadTotals>;
  /** Starts a load generator, ends it, and returns how long it took until it could have taken an order, milliseconds. */
  timeGenerator(signal: AbortSignal): Promise<number>;
  /** Returns the Kubernetes API, reached with a kubeconfig file of the host. */
  kubernetes(kubeconfig: string): Promise<KubernetesApi>;
}
