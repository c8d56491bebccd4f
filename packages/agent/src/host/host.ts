import type { Facts } from '@vhive/shared';
import type { KubernetesApi } from './kubernetes/kubernetes-api.ts';

/** What a command left behind. Never thrown for a non-zero exit: callers decide. */
export interface CommandResult {
  /** Exit status; 128 + signal number when killed; 127 when there is no such program. */
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** How a command is run. */
export interface CommandOptions {
  signal?: AbortSignal;
  environment?: Record<string, string>;
  /** Working directory; default: the agent's own. */
  directory?: string;
  /** Written to its standard input. */
  input?: string;
  /** Called for every line as it comes, unless absent. Leave out for commands whose output holds secrets. */
  onLine?: (stream: 'stdout' | 'stderr', line: string) => void;
}

/** Attributes of a file; owner and group are names where the host knows them, else numbers as text. */
export interface FileStatus {
  type: 'file' | 'directory' | 'symlink' | 'other';
  /** Octal, such as "0644". */
  mode: string;
  owner: string;
  group: string;
  bytes: number;
  /** What it takes on the disk; less than `bytes` where it is sparse. */
  allocatedBytes: number;
}

/** Room of a file system, bytes; `freeBytes` is what unprivileged use may take. */
export interface Space {
  totalBytes: number;
  freeBytes: number;
}

/**
 * The machine an agent works on. Actions touch the world only through this, so that the same actions run on a real
 * host and on a simulated one. Paths are absolute paths of that host.
 */
export interface Host {
  /** true: nothing real is changed, and every line of output says so. */
  readonly simulated: boolean;
  /** Content, or undefined when there is no such file. */
  readFile(path: string): Promise<Buffer | undefined>;
  /** Replaces atomically (temporary file in the same directory, fsync, rename, fsync of the directory). Makes parent directories (0755). */
  writeFile(
    path: string,
    content: string | Uint8Array,
    attributes: { mode: string; owner?: string; group?: string },
  ): Promise<void>;
  /** undefined when nothing is there. Does not follow symbolic links. */
  stat(path: string): Promise<FileStatus | undefined>;
  /** Sets mode and owner of what is there. */
  setAttributes(path: string, attributes: { mode?: string; owner?: string; group?: string }): Promise<void>;
  /** Of the file system that holds the path, or would: where nothing is there, its nearest parent counts. */
  space(path: string): Promise<Space>;
  makeDirectory(path: string, attributes?: { mode?: string; owner?: string; group?: string }): Promise<void>;
  /** Names in a directory, sorted; empty when there is none. */
  list(path: string): Promise<string[]>;
  /** Fine when nothing is there. */
  remove(path: string, options?: { recursive?: boolean }): Promise<void>;
  /** Makes or atomically replaces a symbolic link. */
  symlink(target: string, path: string): Promise<void>;
  /** Target of a symbolic link; undefined when there is none. */
  readLink(path: string): Promise<string | undefined>;
  /** Where a path of the host stands on the machine the agent process runs on (the same on a real host): for streaming large files. */
  localPath(path: string): string;
  run(argv: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** What the host is and has. */
  facts(): Promise<Facts>;
  /** Resolves when a TCP connection was made; rejects with a readable message. */
  connect(address: string, port: number, options: { timeoutMs: number; signal?: AbortSignal }): Promise<void>;
  /** Listens and accepts (then closes) connections; undefined when the port is taken. */
  listen(address: string, port: number): Promise<{ close(): Promise<void> } | undefined>;
  /**
   * Where to connect to for an address that the cluster's load balancer gave away: that address itself; a simulated
   * host stands in for the gateway with a server of its own on loopback. Let go of it after use.
   */
  serviceEndpoint(address: string, port: number): Promise<{ address: string; port: number } & AsyncDisposable>;
  /** The Kubernetes API through a kubeconfig file of the host. */
  kubernetes(kubeconfig: string): Promise<KubernetesApi>;
}
