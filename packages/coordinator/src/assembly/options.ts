import type { TokenView } from '@vhive/shared';

/** The settings with which a coordinator starts. */
export interface CoordinatorOptions {
  /** The directory of its keys, tokens and event store. It is made with mode 0700. */
  stateDir: string;
  /** The directory of artifacts and tools, which can all be fetched again. */
  cacheDir: string;
  /** The port of the HTTPS server. */
  httpsPort: number;
  /** The port of the NATS server that the coordinator supervises. */
  natsPort: number;
  /** The network for all cluster traffic: a CIDR or the name of an interface. */
  lan?: string;
  /** Agents that enrol from these ranges are let in without a token. */
  trustNetworks: string[];
  /** The URL of an external NATS server, which is then used instead of a supervised one. */
  nats?: string;
  /** The mirror tree (a directory or URL) that is used instead of the internet. */
  mirror?: string;
  /** The name of the cluster. */
  cluster: string;
  logLevel: string;
  /**
   * true: the coordinator runs until it is told to stop, and resumes an unfinished run at once. Otherwise it serves one
   * command.
   */
  service?: boolean;
  /** Takes each log line. Without it, log lines go to standard error. */
  log?: (line: string) => void;
}

/** A coordinator that runs in this process. */
export interface RunningCoordinator {
  /** The address at which its HTTPS server answers, `https://host:port`. */
  url: string;
  /** Ends the coordinator and all that it started. Its state stays. */
  stop(): Promise<void>;
}

/** Says one line to the person at the terminal. */
export type Say = (line: string) => void;

/** A cluster whose hosts are simulated: a running coordinator with its agents. */
export interface Simulation {
  /** The state directory of its coordinator. */
  stateDir: string;
  /** The name of the node that is to be the master. */
  controlPlane: string;
  /** Ends the agents and the coordinator. */
  stop(): Promise<void>;
}

/** The join tokens of a state directory. */
export interface TokenStore {
  /** Makes a token. The answer is the only place where its text is shown. */
  create(request: { ttlSeconds: number; description: string }): Promise<{ token: string; view: TokenView }>;
  list(): Promise<TokenView[]>;
  /** Makes a token useless. Throws `usage` when there is no such token. */
  revoke(id: string): Promise<unknown>;
}
