/**
 * The few failure codes that cross process borders. Each has one exit code of `vhive-coord`
 * (see {@link exitCodeOf}); everything more detailed stays in the message.
 */
export const failureCodes = {
  /** A defect of ours or a broken installation. Exit code 1. */
  internal: 1,
  /** Wrong command line or cluster file. Exit code 2. */
  usage: 2,
  /** A preflight check refused the hosts or the combination. Exit code 3. */
  preflight: 3,
  /** A step failed for good. Exit code 4. */
  'step-failed': 4,
  /** A time limit passed. Exit code 5. */
  timeout: 5,
  /** The coordinator, NATS or an agent cannot be reached. Exit code 6. */
  unreachable: 6,
  /** Refused: wrong or expired token, revoked node, missing permission. Exit code 6. */
  refused: 6,
  /** Stopped by the operator; the run can be resumed. Exit code 130. */
  interrupted: 130,
} as const;

/** One of the codes in {@link failureCodes}. */
export type FailureCode = keyof typeof failureCodes;

/** The process exit code (0-255) that belongs to a failure code. */
export function exitCodeOf(code: FailureCode): number {
  return failureCodes[code];
}

/** An error meant for a person: what happened and where, why, and what to type next. */
export class VhiveError extends Error {
  readonly code: FailureCode;
  /** What to do next, as a command where there is one. */
  readonly hint: string | undefined;

  constructor(init: { code: FailureCode; message: string; hint?: string | undefined; cause?: unknown }) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = 'VhiveError';
    this.code = init.code;
    this.hint = init.hint;
  }
}

/** The message of anything thrown, never empty. */
export function messageOf(error: unknown): string {
  if (error instanceof Error && error.message !== '') return error.message;
  return String(error) || 'unknown error';
}
