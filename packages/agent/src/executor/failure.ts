import { type Failure, failureOf as sharedFailureOf } from '@vhive/shared';
import { ActionError } from '../actions/kit/action.ts';

/**
 * Turns anything that an action threw into a failure.
 * @param lastLines the last redacted lines that the failed command printed; the failure carries them unless it has
 * lines of its own
 */
export function failureOf(error: unknown, lastLines: string[] = []): Failure {
  const failure = error instanceof ActionError ? error.failure : sharedFailureOf(error);
  return failure.lastLines === undefined && lastLines.length > 0 ? { ...failure, lastLines } : failure;
}
