import type { ArtifactRef, LogBatch, Progress, SealedSecret } from '@vhive/shared';

/** The way by which an executor sends logs, progress and results. The transport implements it. */
export interface Publisher {
  /**
   * Resolves when the receiver has stored the batch; rejects when it could not be sent now and should be sent again
   * later.
   */
  log(batch: LogBatch, id: string): Promise<void>;
  /**
   * Resolves when it makes sense to send again: at once while the agent is connected, otherwise at the next connection.
   */
  ready(): Promise<void>;
  /** Sends progress for people who watch. The message may be lost. */
  progress(progress: Progress): void;
  /** Tells that the journal's outbox has something new to send. */
  outboxChanged(): void;
}

/** Fetches artifacts from the coordinator's store. */
export interface Downloads {
  /** Downloads the artifact, verifies it, and puts it at a path of this machine atomically. */
  download(
    artifact: ArtifactRef,
    localPath: string,
    options: { mode: string; signal: AbortSignal; progress: (detail: string) => void },
  ): Promise<void>;
}

/** Sends artifacts to the coordinator's store. */
export interface Uploads {
  /** Tells whether the store has a file with that SHA-256. */
  has(sha256: string, options: { signal: AbortSignal }): Promise<boolean>;
  /** Sends a file of this machine to the store. It does no harm when the store has the file already. */
  upload(
    artifact: ArtifactRef,
    localPath: string,
    options: { signal: AbortSignal; progress: (detail: string) => void },
  ): Promise<void>;
}

/** Seals secrets for other agents and opens secrets that were sealed for this one. */
export interface Secrets {
  seal(recipient: string, secret: string): SealedSecret;
  /** Opens a sealed secret. Throws when it was not sealed for this agent. */
  open(sealed: SealedSecret): string;
}

/** The agent's own records about what it did, stored as JSON under a name. They are kept across restarts. */
export interface Records {
  get(name: string): Promise<unknown>;
  set(name: string, value: unknown): Promise<void>;
}
