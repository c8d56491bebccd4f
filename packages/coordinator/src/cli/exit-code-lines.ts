import { failureCodes, failureTable } from '@vhive/shared/errors';

/** Writes the exit codes for the help of a command, one on each line. `success` says what exit code 0 means. */
export function exitCodeLines(success: string): string {
  const lines = failureCodes.map(
    (code) => `  ${String(failureTable[code].exit).padEnd(4)} ${failureTable[code].meaning}`,
  );
  return ['Exit codes:', `  0    ${success}`, ...lines].join('\n');
}
