import type {
  CoordinatorOptions,
  ImageServerOptions,
  RunningCoordinator,
  Say,
  TokenStore,
} from '../assembly/options.ts';
import type { Lab, LabWishes } from './commands/lab/lab.ts';
import type { PullMirror } from './commands/mirror/pull.ts';

/**
 * What the command line starts or asks for but does not make itself. The hooks are put together in the program's main
 * file, so that the command line can be loaded, and show its help, without loading any of what they need.
 */
export interface CliHooks {
  startCoordinator(options: CoordinatorOptions): Promise<RunningCoordinator>;
  /** Answers with the images of a mirror tree in place of a coordinator, until it is stopped. */
  serveImages(options: ImageServerOptions): Promise<Pick<RunningCoordinator, 'url' | 'stop'>>;
  /**
   * Makes sure that the agent service of this very host runs and is enrolled with the coordinator of `stateDir`.
   * Returns false where that is not possible (without root or without systemd); an agent must then be started by hand.
   */
  ensureLocalAgent(input: { stateDir: string; url: string; say: Say }): Promise<boolean>;
  /**
   * Starts a coordinator and `nodes` agents with a simulated host layer, which end together. The state directory is that
   * of the simulation, whatever the options say.
   */
  startSimulation(input: { nodes: number; coordinator: CoordinatorOptions; say: Say }): Promise<RunningCoordinator>;
  /**
   * Makes a lab of `hosts` hosts, then runs `vhive-coord up` with `upArguments` and `upVariables` (its environment) on
   * the first host. Output and signals are passed through. Returns the exit code of that `up`; undefined when it did
   * not end by itself, so that it cannot have written its result.
   */
  upInLab(
    input: LabWishes & {
      hosts: number;
      upArguments: string[];
      upVariables: Readonly<Record<string, string>>;
      configFile?: string;
      say: Say;
    },
  ): Promise<number | undefined>;
  /**
   * Opens the join tokens in the files of a state directory. The CA is made there where there is none yet, but with
   * `existing` that is refused.
   */
  openTokens(input: { stateDir: string; cluster?: string | undefined; existing?: boolean }): Promise<TokenStore>;
  /**
   * Reads which container images a mirror tree has that nodes of all these architectures can run, and which of them can be
   * passed on under their publishers' digests.
   */
  mirrorImages(
    mirror: string,
    arches: readonly string[],
    signal: AbortSignal,
  ): Promise<{ mirrorImages: string[]; publishedImages: string[] }>;
  /** Fills a mirror tree. */
  pullMirror: PullMirror;
  /** Loads the package that makes hosts on this machine. */
  lab(): Promise<Lab>;
}
