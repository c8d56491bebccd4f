import type { TokenView } from '@vhive/shared';

/** What a coordinator needs to know to start. */
export interface CoordinatorOptions {
  /** Keys, tokens, event store; made with mode 0700. */
  stateDir: string;
  /** Artifacts and tools that can be fetched again. */
  cacheDir: string;
  /** Port of the HTTPS server. */
  httpsPort: number;
  /** Port of the NATS server it supervises. */
  natsPort: number;
  /** Network for all cluster traffic: a CIDR or an interface name. */
  lan?: string;
  /** Agents that enrol from these ranges without a token are let in. */
  trustNetworks: string[];
  /** URL of an external NATS server instead of a supervised one. */
  nats?: string;
  /** The mirror tree (directory or URL) instead of the internet. */
  mirror?: string;
  /** Name of the cluster. */
  cluster: string;
  logLevel: string;
  /** true: runs until it is told to stop and resumes an unfinished run at once; else it serves one command. */
  service?: boolean;
  /** Takes each log line; absent: standard error. */
  log?: (line: string) => void;
}

/** A coordinator in this process. */
export interface RunningCoordinator {
  /** Where its HTTPS server answers, `https://host:port`. */
  url: string;
  /** Ends it and what it started; the state stays. */
  stop(): Promise<void>;
}

/** Says something to the person at the terminal: one line. */
export type Say = (line: string) => void;

/** A cluster whose hosts are simulated: a running coordinator with its agents. */
export interface Simulation {
  /** State directory of its coordinator, which is running. */
  stateDir: string;
  /** Node that is to be the master. */
  controlPlane: string;
  /** Ends agents and coordinator. */
  stop(): Promise<void>;
}

/** The join tokens of a state directory. */
export interface TokenStore {
  /** Makes a token; its text is not shown again. */
  create(request: { ttlSeconds: number; description: string }): Promise<{ token: string; view: TokenView }>;
  list(): Promise<TokenView[]>;
  /** Makes a token useless. Throws `usage` when there is no such token. */
  revoke(id: string): Promise<unknown>;
}
