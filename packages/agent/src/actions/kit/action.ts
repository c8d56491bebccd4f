import type { AgentActionName, ArtifactRef, Failure, LoadProgress, Outputs, Params, SealedSecret } from '@vhive/shared';
import type { CommandOptions, Host } from '../../host/host.ts';

/**
 * What an action finds: either everything is as wanted already, with the outputs, or it is not, with what would have to
 * change in one short line each.
 */
export type CheckResult<N extends AgentActionName> =
  | { converged: true; outputs: Outputs<N> }
  | { converged: false; changes: string[] };

/** What an action may use besides its params. */
export interface ActionContext {
  host: Host;
  /** Aborts at the time limit or when the step is cancelled. Every wait must end then. */
  signal: AbortSignal;
  /**
   * How many times longer than usual the action waits for one thing before it gives it up, because a host that it
   * depends on is slow. Every limit of a wait for something that a host has to do is multiplied by it; 1 on usual hosts.
   */
  patience: number;
  /** Writes one line about what the action itself does. It is redacted and stored in the step's log. */
  log(text: string): void;
  /** Tells short progress for people who watch, such as "120 of 300 MB", and the figures of a load. It may be lost. */
  progress(detail: string, load?: LoadProgress): void;
  /**
   * Tells people who watch why what the task waits for is not there yet, one line for each reason, the most telling
   * first. No reasons: it does not wait any more. It may be called again and again with the same ones.
   */
  waiting(reasons: readonly string[]): void;
  /** The options to pass to `host.run` so that the lines of a command reach the step's log, redacted. */
  streamed: Pick<CommandOptions, 'signal' | 'onLine'>;
  /**
   * Downloads an artifact from the coordinator's store (resuming a download that was cut off), verifies it, and puts
   * the file at the host's path atomically.
   */
  download(artifact: ArtifactRef, path: string, attributes: { mode: string }): Promise<void>;
  /** Tells whether the coordinator's store has a file with that SHA-256. */
  has(sha256: string): Promise<boolean>;
  /**
   * Sends the file at the host's path to the coordinator's store. A transfer that breaks off starts again from the
   * beginning.
   */
  upload(artifact: ArtifactRef, path: string): Promise<void>;
  /** Seals a secret so that only the agent with that public curve key can read it. */
  seal(recipient: string, secret: string): SealedSecret;
  /** Opens a secret that another agent sealed for this one. The result is redacted from all logs from then on. */
  open(sealed: SealedSecret): string;
  /** Registers a secret, which from now on never appears in a log, event or failure. */
  redact(secret: string): void;
  /**
   * The agent's own records about what it did (receipts), stored as JSON under a name. They are kept across restarts.
   */
  records: {
    get(name: string): Promise<unknown>;
    set(name: string, value: unknown): Promise<void>;
  };
  /** This host's clock minus the coordinator's, in milliseconds; null before the first comparison. */
  clockOffsetMs(): number | null;
}

/**
 * An action as it is implemented on a host. Of an action that is a trial (see the contracts) only `apply` is called.
 */
export interface Action<N extends AgentActionName> {
  /**
   * Looks whether everything is as wanted and changes nothing. `applied` are the outputs of an `apply` just before, if
   * it returned any.
   */
  check(params: Params<N>, context: ActionContext, applied?: Outputs<N>): Promise<CheckResult<N>>;
  /**
   * Brings about what is wanted. It is called only after a `check` that found a difference, and it must be safe to
   * repeat after a kill at any moment.
   */
  apply(params: Params<N>, context: ActionContext): Promise<Outputs<N> | undefined>;
}

/**
 * Thrown by an action to report a failure. Its text is for a person, and `permanent` says that trying again cannot
 * help.
 */
export class ActionError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'ActionError';
    this.failure = failure;
  }
}
