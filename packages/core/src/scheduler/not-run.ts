import type { Failure } from '@vhive/shared';
import type { Halt } from './state.ts';

/** Returns the failure of a step as the cause of other failures, with the name of the step in its message. */
export function causeOf(stepId: string, failure: Failure | undefined): Failure {
  return { code: 'internal', ...failure, message: `${stepId}: ${failure?.message ?? 'failed without saying why'}` };
}

/** Returns the failure of a step that was not run because of another failure. It names what went wrong first. */
export function becauseOf(cause: Failure | undefined): Failure {
  if (cause?.code === 'not-run') return cause;
  return {
    code: 'not-run',
    message: `not run, because of ${cause?.message ?? 'an earlier failure'}`,
    ...(cause?.hint === undefined ? {} : { hint: cause.hint }),
  };
}

/** Returns the failure of a step whose attempt was told to stop because the run was halted by another step. */
export function stoppedFailure(halt: Halt): Failure {
  return { code: 'not-run', message: `stopped, because the run was stopped: ${halt.reason}` };
}

/** Returns the failure of a step that was not run because the run was halted and nothing new is started any more. */
export function haltFailure(halt: Halt): Failure {
  return { code: 'not-run', message: `not run, because the run was stopped: ${halt.reason}` };
}
