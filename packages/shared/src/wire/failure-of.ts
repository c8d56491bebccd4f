import * as z from 'zod';
import { defined } from '../defined.ts';
import { messageOf, VhiveError } from '../errors.ts';
import type { Failure } from './results.ts';

/**
 * Turns anything that was thrown while a step ran into the failure that is stored and shown. Agents and the coordinator
 * share this, so that the same error is tried again, or not, whoever ran the step. A value that does not fit its schema
 * does not fit it the next time either, so that failure is permanent.
 */
export function failureOf(error: unknown): Failure {
  if (error instanceof VhiveError)
    return {
      code: error.code,
      message: error.message,
      ...defined({ hint: error.hint }),
      ...(error.permanent ? { permanent: true } : {}),
    };
  if (error instanceof z.ZodError)
    return { code: 'internal', message: `a value does not fit its schema: ${z.prettifyError(error)}`, permanent: true };
  return { code: 'internal', message: messageOf(error) };
}
