import { join } from 'node:path';
import { type TokenRequest, type TokenView, VhiveError } from '@vhive/shared';

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
  /** A mirror tree that lasts only as long as this process. It is used where neither a run nor `mirror` names one. */
  ownMirror?: string;
  /** The name of the cluster. Without it, it is the one whose state the directory holds, and for a new one `vhive`. */
  cluster?: string;
  logLevel: string;
  /**
   * true: the coordinator runs until it is told to stop, and resumes an unfinished run at once. Otherwise it serves one
   * command.
   */
  service?: boolean;
  /** Ends the start. The promise of the start then rejects with the signal's reason, and nothing of it is left. */
  signal?: AbortSignal;
  /** Takes each log line as text for people. Without it, log lines go to standard error as JSON. */
  log?: (line: string) => void;
}

/** What an image server needs of the coordinator in whose place it answers. */
export type ImageServerOptions = Pick<CoordinatorOptions, 'stateDir' | 'httpsPort' | 'logLevel'> & { mirror: string };

/** Returns the port at which images are answered while no coordinator runs: the one after the coordinator's. */
export const imagesPort = (httpsPort: number) => httpsPort + 1;

/** A coordinator that runs in this process. */
export interface RunningCoordinator {
  /** The address at which its HTTPS server answers, `https://host:port`. */
  url: string;
  /** The name of its cluster. */
  cluster: string;
  /** Ends the coordinator and all that it started. Its state stays. */
  stop(): Promise<void>;
}

/** Thrown by the start of a coordinator when another one runs on the state directory, starts there or is about to end. */
export class StateDirectoryInUse extends VhiveError {
  constructor(stateDir: string) {
    super({
      code: 'refused',
      message: `another coordinator is running on ${stateDir}`,
      hint: 'vhive-coord status shows it; stop it first, or give this one its own VHIVE_STATE_DIR',
    });
  }
}

/** The name of the simulated host that is to be the master. */
export const SIMULATED_MASTER = 'sim-1';

/** Where simulated hosts are kept: the directory of everything of a simulation, and its coordinator's state directory. */
export function simulationDirectories(cacheDir: string): { directory: string; stateDir: string } {
  const directory = join(cacheDir, 'simulation');
  return { directory, stateDir: join(directory, 'coordinator') };
}

/** Says one line to the person at the terminal. */
export type Say = (line: string) => void;

/** The join tokens of a state directory. */
export interface TokenStore {
  /** Makes a token. The answer is the only place where its text is shown. */
  create(request: TokenRequest): Promise<{ token: string; view: TokenView }>;
  list(): Promise<TokenView[]>;
  /** Makes a token useless. Throws `usage` when there is no such token. */
  revoke(id: string): Promise<unknown>;
}
