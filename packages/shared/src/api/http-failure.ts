import * as z from 'zod';
import { type FailureCode, failureTable } from '../errors.ts';

/** Body of every answer of the HTTPS server that is not a success. */
export const httpFailure = z.object({
  code: z.string().describe('A failure code, or a word of HTTP alone such as `not-found`'),
  message: z.string().describe('What happened and why, for a person'),
  hint: z.string().optional().describe('What to do next, as a command where there is one'),
});
/** See {@link httpFailure}. */
export type HttpFailure = z.infer<typeof httpFailure>;

/** A refusal for which HTTP has a finer status than the one of its failure code. */
export interface HttpRefusal {
  http: number;
  /** The code in the body: a failure code, or a word of HTTP alone. */
  code: string;
  /** One sentence for the reference. */
  meaning: string;
}

/** All refusals whose HTTP status is not the one that {@link failureTable} gives for their code. */
export const httpRefusals = {
  'cut-off': {
    http: 400,
    code: 'interrupted',
    meaning: 'The file broke off on its way.',
  },
  'not-known': {
    http: 401,
    code: 'refused',
    meaning: 'The caller is not known: its token or its signature is missing or wrong.',
  },
  'no-such-path': {
    http: 404,
    code: 'usage',
    meaning: 'There is no such method and path.',
  },
  'no-such-artifact': {
    http: 404,
    code: 'not-found',
    meaning: 'The store has no file of that name.',
  },
  conflict: {
    http: 409,
    code: 'refused',
    meaning: 'The node cannot join those that are there: its name or key is taken, or too many wait for approval.',
  },
  'clock-off': {
    http: 425,
    code: 'preflight',
    meaning: 'The clock of the caller is too far from the one of the coordinator. It may ask again once it is set.',
  },
  'no-length': {
    http: 411,
    code: 'usage',
    meaning: 'The request does not say how long its body is.',
  },
  'too-large': {
    http: 413,
    code: 'usage',
    meaning: 'The body is larger than this path takes in.',
  },
  'wrong-type': {
    http: 415,
    code: 'usage',
    meaning: 'The body is of a content type that this path does not take in.',
  },
  'out-of-range': {
    http: 416,
    code: 'range',
    meaning: 'The file is shorter than the range that was asked for.',
  },
  'other-content': {
    http: 422,
    code: 'refused',
    meaning: 'What came is not the content that the path names.',
  },
  'too-many': {
    http: 429,
    code: 'refused',
    meaning: 'This caller has sent too many requests within a minute.',
  },
  'disk-full': {
    http: 507,
    code: 'preflight',
    meaning: 'The disk of the coordinator is full.',
  },
} as const satisfies Record<string, HttpRefusal>;

/** Name of an entry of {@link httpRefusals}. */
export type HttpRefusalName = keyof typeof httpRefusals;

/** One way in which a request can fail: by a failure code with the status of its table, or by a refusal with its own. */
export type HttpFailureName = FailureCode | HttpRefusalName;

/** Status, code and meaning of one way in which a request can fail. */
export function httpRefusalOf(name: HttpFailureName): HttpRefusal {
  if (name in httpRefusals) return httpRefusals[name as HttpRefusalName];
  const { http, meaning } = failureTable[name as FailureCode];
  return { http, code: name, meaning };
}
