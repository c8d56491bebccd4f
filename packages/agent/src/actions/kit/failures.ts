import { defined, type FailureCode } from '@vhive/shared';
import type { CommandResult } from '../../host/host.ts';
import { ActionError } from './action.ts';

/** A failure carries at most this many lines of a command's output. */
const LAST_LINES = 20;

/** What a failure tells besides its message. */
export interface FailureDetails {
  hint?: string | undefined;
  code?: FailureCode;
  lastLines?: string[];
}

/** Makes a failure that trying again later may mend. */
export function failed(message: string, details: FailureDetails = {}): ActionError {
  return new ActionError({
    code: details.code ?? 'step-failed',
    message,
    ...defined({ hint: details.hint, lastLines: details.lastLines }),
  });
}

/** Makes a failure that trying again cannot mend. */
export function failedForGood(message: string, details: FailureDetails = {}): ActionError {
  return new ActionError({ ...failed(message, details).failure, permanent: true });
}

/**
 * Returns the last lines that a command printed to standard error, or to standard output when standard error is empty.
 */
export function lastLines(result: CommandResult): string[] {
  const text = result.stderr.trim() === '' ? result.stdout : result.stderr;
  return text.trim().split('\n').slice(-LAST_LINES);
}

/** Makes the failure of a command that did not do its work, such as "apt-get install: exit status 100". */
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
