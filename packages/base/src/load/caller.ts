import type { ConnectionUse, Shot } from '@vhive/shared';

/** An endpoint, and where it is called. */
export interface Target {
  /** The name by which the gateway knows it, which is the authority of every call. */
  name: string;
  /** The IP address that is connected to. */
  address: string;
  port: number;
}

/** A call that is to be made. */
export interface Call {
  shot: Shot;
  target: Target;
  /** Headers beside those of the protocol. */
  headers: Readonly<Record<string, string>> | undefined;
}

/** How a call ended. */
export interface Answer {
  outcome: 'ok' | 'error' | 'timeout';
  /** Why it did not end well, in one line. */
  error?: string;
  /** The text of the reply; of a long one, only the end. */
  reply?: string;
  /** How long its connection took to make, milliseconds; absent where it used one that was there. */
  connectMs?: number;
  /** How long the function itself says that it took, milliseconds. */
  functionMs?: number;
  /** How much memory the function itself says that it took, KB. */
  functionMemoryKb?: number;
}

/** Makes calls of one protocol. */
export interface Caller {
  /** How many connections were opened. */
  readonly connections: number;
  /** Opens what calls will need from the first one on, where that can be done. It never rejects. */
  prepare(targets: readonly Target[]): Promise<void>;
  /**
   * Sends a call now. `onEnd` is called once, when it has ended. Returns what gives the call up; `onEnd` is not called
   * then.
   */
  call(call: Call, onEnd: (answer: Answer) => void): () => void;
  /** Closes all connections. */
  close(): void;
}

/** What callers are told about all their calls. */
export interface CallerOptions {
  connections: ConnectionUse;
  /** How long a call may take, milliseconds, which servers that ask are told. */
  timeoutMs: number;
  /** The path of HTTP calls. */
  path: string;
}

/** The most characters that are kept of a reply, which are its last. */
export const KEPT_REPLY = 1_000;
