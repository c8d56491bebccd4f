import { type FailureCode, type HttpRefusalName, httpRefusals, VhiveError } from '@vhive/shared';

/** The name of a refusal whose code in the body is a failure code. */
type RefusalName = {
  [N in HttpRefusalName]: (typeof httpRefusals)[N]['code'] extends FailureCode ? N : never;
}[HttpRefusalName];

/**
 * An error whose HTTP status is finer than the one of its failure code. It is an entry of the table of HTTP refusals.
 */
export class HttpError extends VhiveError {
  readonly refusal: RefusalName;

  constructor(refusal: RefusalName, init: { message: string; hint?: string | undefined }) {
    super({ code: httpRefusals[refusal].code, ...init });
    this.refusal = refusal;
  }
}

/** The refusal of what the coordinator has no room for. */
export function diskFull(why: string): HttpError {
  return new HttpError('disk-full', {
    message: `the coordinator's disk is full: ${why}`,
    hint: "make room on the file system of the coordinator's state directory",
  });
}
