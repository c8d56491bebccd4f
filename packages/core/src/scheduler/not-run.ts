import type { Failure } from '@vhive/shared';
import type { Halt } from './state.ts';

/** A step's failure as the cause of other things: names the step. */
export function causeOf(stepId: string, failure: Failure | undefined): Failure {
  return { code: 'internal', ...failure, message: `${stepId}: ${failure?.message ?? 'failed without saying why'}` };
}

/** Why a step was not run, in terms of what went wrong first. */
export function becauseOf(cause: Failure | undefined): Failure {
  if (cause?.code === 'not-run') return cause;
  return {
    code: 'not-run',
    message: `not run, because of ${cause?.message ?? 'an earlier failure'}`,
    ...(cause?.hint === undefined ? {} : { hint: cause.hint }),
  };
}

/** Why a step was not run when nothing new is started any more. */
export function haltFailure(halt: Halt): Failure {
  return { code: 'not-run', message: `not run, because the run was stopped: ${halt.reason}` };
}
