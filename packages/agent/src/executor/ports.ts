import type { ArtifactRef, LogBatch, Progress, SealedSecret } from '@vhive/shared';

/** Where an executor's words go: the transport implements it. */
export interface Publisher {
  /** Resolves when the batch is stored by the receiver; rejects when it could not be sent now (try again later). */
  log(batch: LogBatch, id: string): Promise<void>;
  /** Resolves when trying again makes sense: at once while connected, else at the next connection. */
  ready(): Promise<void>;
  /** May be lost. */
  progress(progress: Progress): void;
  /** There is something new in the journal's outbox. */
  outboxChanged(): void;
}

/** Fetches artifacts from the coordinator's store. */
export interface Downloads {
  /** Puts a verified copy at a path of this machine, atomically. */
  download(
    artifact: ArtifactRef,
    localPath: string,
    options: { mode: string; signal: AbortSignal; progress: (detail: string) => void },
  ): Promise<void>;
}

/** Sends artifacts to the coordinator's store. */
export interface Uploads {
  /** Whether the store has a file of that SHA-256. */
  has(sha256: string, options: { signal: AbortSignal }): Promise<boolean>;
  /** Sends a file of this machine; fine when it is there already. */
  upload(
    artifact: ArtifactRef,
    localPath: string,
    options: { signal: AbortSignal; progress: (detail: string) => void },
  ): Promise<void>;
}

/** Seals secrets for other agents and opens those for this one. */
export interface Secrets {
  seal(recipient: string, secret: string): SealedSecret;
  /** Throws when it was not sealed for this agent. */
  open(sealed: SealedSecret): string;
}

/** The agent's own records, as JSON by name; kept across restarts. */
export interface Records {
  get(name: string): Promise<unknown>;
  set(name: string, value: unknown): Promise<void>;
}
