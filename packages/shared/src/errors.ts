/** What a failure code means for a program, for an HTTP client and for the scheduler. */
export interface FailureKind {
  /** Exit code of `vhive-coord` and `vhive-agent` when they end with this failure, 1 to 255. */
  exit: number;
  /** HTTP status of an answer with this failure, where HTTP asks for no finer one. */
  http: number;
  /** true: waiting and trying again does not heal it, so a step that fails with it is not tried again. */
  permanent: boolean;
  /** One sentence for the reference. */
  meaning: string;
}

/**
 * The few failure codes that cross process borders; everything more detailed stays in the message. This is the only
 * place that says what follows from a code.
 */
export const failureTable = {
  internal: {
    exit: 1,
    http: 500,
    permanent: false,
    meaning: 'There is a defect in the program, or its installation is broken.',
  },
  usage: {
    exit: 2,
    http: 400,
    permanent: true,
    meaning: 'The command line, the cluster file or the request is wrong.',
  },
  preflight: {
    exit: 3,
    http: 422,
    permanent: true,
    meaning: 'A preflight check refused the hosts.',
  },
  'step-failed': {
    exit: 4,
    http: 422,
    permanent: false,
    meaning: 'A step of the run, or a part of what the command does, failed.',
  },
  timeout: {
    exit: 5,
    http: 504,
    permanent: false,
    meaning: 'A time limit passed.',
  },
  unreachable: {
    exit: 6,
    http: 503,
    permanent: false,
    meaning: 'The coordinator, NATS or an agent cannot be reached.',
  },
  refused: {
    exit: 6,
    http: 403,
    permanent: true,
    meaning: 'The request is not allowed: a token is wrong or expired, a node was removed, or a permission is missing.',
  },
  interrupted: {
    exit: 130,
    http: 409,
    permanent: false,
    meaning: 'The operator stopped it; the same command resumes the run.',
  },
} as const satisfies Record<string, FailureKind>;

/** One of the codes in {@link failureTable}. */
export type FailureCode = keyof typeof failureTable;

/** All failure codes, in the order of the table. */
export const failureCodes = Object.keys(failureTable) as FailureCode[];

/** Whether a word that came from elsewhere is one of the failure codes. */
export function isFailureCode(word: string): word is FailureCode {
  return Object.hasOwn(failureTable, word);
}

/** The process exit code (1-255) that belongs to a failure code. */
export function exitCodeOf(code: FailureCode): number {
  return failureTable[code].exit;
}

/** The HTTP status that belongs to a failure code. */
export function httpStatusOf(code: FailureCode): number {
  return failureTable[code].http;
}

/** An error meant for a person: what happened and where, why, and what to type next. */
export class VhiveError extends Error {
  readonly code: FailureCode;
  /** What to do next, as a command where there is one. */
  readonly hint: string | undefined;
  /** Whether trying again is in vain. */
  readonly permanent: boolean;

  /** `permanent` is given only where this one error differs from what the table says of its code. */
  constructor(init: {
    code: FailureCode;
    message: string;
    hint?: string | undefined;
    cause?: unknown;
    permanent?: boolean;
  }) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.name = 'VhiveError';
    this.code = init.code;
    this.hint = init.hint;
    this.permanent = init.permanent ?? failureTable[init.code].permanent;
  }
}

/** The message of anything thrown, never empty. */
export function messageOf(error: unknown): string {
  if (error instanceof Error && error.message !== '') return error.message;
  return String(error) || 'unknown error';
}
