import type { AgentActionName, ArtifactRef, Failure, Outputs, Params, SealedSecret } from '@vhive/shared';
import type { CommandOptions, Host } from '../../host/host.ts';

/** What an action finds: it is so already (with its outputs), or what would have to change, one short line each. */
export type CheckResult<N extends AgentActionName> =
  | { converged: true; outputs: Outputs<N> }
  | { converged: false; changes: string[] };

/** What an action may use besides its params. */
export interface ActionContext {
  host: Host;
  /** Aborted at the time limit or when the step is cancelled. Every wait must end then. */
  signal: AbortSignal;
  /** One line about what the action itself does; stored in the step's log, redacted. */
  log(text: string): void;
  /** Short progress for people watching, such as "120 of 300 MB"; may be lost. */
  progress(detail: string): void;
  /** Pass to `host.run` so that a command's lines reach the step's log, redacted. */
  streamed: Pick<CommandOptions, 'signal' | 'onLine'>;
  /** Downloads from the coordinator's store (resuming what is there), verifies, and puts the file at the host's path atomically. */
  download(artifact: ArtifactRef, path: string, attributes: { mode: string }): Promise<void>;
  /** Whether the coordinator's store has a file of that SHA-256. */
  has(sha256: string): Promise<boolean>;
  /** Sends the file at the host's path to the coordinator's store; anew from the start when it breaks off. */
  upload(artifact: ArtifactRef, path: string): Promise<void>;
  /** Seals a secret so that only the agent with that public curve key can read it. */
  seal(recipient: string, secret: string): SealedSecret;
  /** Opens what another agent sealed for this one. The result is redacted from all logs from then on. */
  open(sealed: SealedSecret): string;
  /** From now on this text never appears in a log, event or failure. */
  redact(secret: string): void;
  /** The agent's own records about what it did (receipts), as JSON, by name; kept across restarts. */
  records: {
    get(name: string): Promise<unknown>;
    set(name: string, value: unknown): Promise<void>;
  };
}

/** An action as implemented on a host. Of a trial (see the contracts) only `apply` is called. */
export interface Action<N extends AgentActionName> {
  /** Looks, changes nothing. `applied` are the outputs of an `apply` just before, if it returned any. */
  check(params: Params<N>, context: ActionContext, applied?: Outputs<N>): Promise<CheckResult<N>>;
  /** Brings it about. Called only after a `check` that was not converged; must be safe to repeat after a kill at any moment. */
  apply(params: Params<N>, context: ActionContext): Promise<Outputs<N> | undefined>;
}

/** A failure an action reports: the text is for a person, `permanent` says that trying again cannot help. */
export class ActionError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'ActionError';
    this.failure = failure;
  }
}
