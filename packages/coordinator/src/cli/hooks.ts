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

/**
 * What the command line starts but does not itself make. Put together in the program's main file, so that the command
 * line can be loaded, and show its help, without loading any of it.
 */
export interface CliHooks {
  startCoordinator(options: CoordinatorOptions): Promise<RunningCoordinator>;
  /**
   * Makes sure that the agent service of this very host runs and is enrolled with the coordinator of `stateDir`.
   * Returns false where that is not possible (not root, no systemd): an agent must then be started by hand.
   */
  ensureLocalAgent(input: { stateDir: string; url: string; cluster: string; say: Say }): Promise<boolean>;
  /** Starts a coordinator and `nodes` agents with a simulated host layer. */
  startSimulation(input: { nodes: number; coordinator: CoordinatorOptions; say: Say }): Promise<Simulation>;
  /**
   * Makes a lab of `hosts` hosts, then runs `vhive-coord up` with `upArguments` on its first host, output and signals
   * passed through. Returns the exit code of that `up`.
   */
  upInLab(input: { hosts: number; upArguments: string[]; configFile?: string; say: Say }): Promise<number>;
}
