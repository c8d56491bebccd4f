import type { FailureCode } from '@vhive/shared';
import type { CommandResult } from '../../host/host.ts';
import { ActionError } from './action.ts';

/** How many lines of a command's output a failure carries. */
const LAST_LINES = 20;

/** What a failure says besides its message. */
export interface FailureDetails {
  hint?: string | undefined;
  code?: FailureCode;
  lastLines?: string[];
}

/** A failure that a later try may mend. */
export function failed(message: string, details: FailureDetails = {}): ActionError {
  return new ActionError({
    code: details.code ?? 'step-failed',
    message,
    ...(details.hint === undefined ? {} : { hint: details.hint }),
    ...(details.lastLines === undefined ? {} : { lastLines: details.lastLines }),
  });
}

/** A failure that no further try can mend. */
export function failedForGood(message: string, details: FailureDetails = {}): ActionError {
  return new ActionError({ ...failed(message, details).failure, permanent: true });
}

/** The end of what a command printed: standard error, and standard output where that was silent. */
export function lastLines(result: CommandResult): string[] {
  const text = result.stderr.trim() === '' ? result.stdout : result.stderr;
  return text.trim().split('\n').slice(-LAST_LINES);
}

/** "apt-get install: exit status 100": a command that did not do its work. */
export function commandFailed(what: string, result: CommandResult, details: FailureDetails = {}): ActionError {
  const why =
    result.exitCode === 127
      ? 'there is no such program on this host'
      : result.exitCode > 128
        ? `killed by signal ${result.exitCode - 128}`
        : `exit status ${result.exitCode}`;
  const end = lastLines(result).at(-1);
  return failed(`${what}: ${why}${end ? ` (${end.trim()})` : ''}`, { lastLines: lastLines(result), ...details });
}
