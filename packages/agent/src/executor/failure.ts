import { type Failure, messageOf, VhiveError } from '@vhive/shared';
import * as z from 'zod';
import { ActionError } from '../actions/kit/action.ts';

/**
 * Turns anything that an action threw into a failure.
 * @param lastLines the last redacted lines that the failed command printed; the failure carries them unless it has
 * lines of its own
 */
export function failureOf(error: unknown, lastLines: string[] = []): Failure {
  const failure = rawFailure(error);
  return failure.lastLines === undefined && lastLines.length > 0 ? { ...failure, lastLines } : failure;
}

function rawFailure(error: unknown): Failure {
  if (error instanceof ActionError) return error.failure;
  if (error instanceof VhiveError)
    return {
      code: error.code,
      message: error.message,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      ...(error.code === 'usage' ? { permanent: true } : {}),
    };
  if (error instanceof z.ZodError)
    return { code: 'internal', message: `a value does not fit its schema: ${z.prettifyError(error)}`, permanent: true };
  return { code: 'internal', message: messageOf(error) };
}
