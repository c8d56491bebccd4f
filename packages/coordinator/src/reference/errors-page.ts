import { failureCodes, failureTable, httpRefusals } from '@vhive/shared';

const yesOrNo = (value: boolean) => (value ? 'yes' : 'no');

/** Makes the page of failure codes, exit codes and HTTP statuses from the tables. */
export function errorsPage(): string {
  return [
    '# Errors',
    '',
    'Made from `packages/shared/src/errors.ts` and `packages/shared/src/api/http-failure.ts`; do not edit. Every error has a',
    'code, a message and, where there is something to do about it, a hint. A script reads the code in the last line of',
    '`--output json`, or the exit code of the command.',
    '',
    '## Failure codes',
    '',
    'A step that failed for a lasting reason is not tried again; one error can say of itself that it differs.',
    '',
    '| code | exit code | HTTP status | lasting | meaning |',
    '|---|---|---|---|---|',
    ...failureCodes.map((code) => {
      const { exit, http, permanent, meaning } = failureTable[code];
      return `| \`${code}\` | ${exit} | ${http} | ${yesOrNo(permanent)} | ${meaning} |`;
    }),
    '',
    'A command that did its work ends with exit code 0. `lab exec`, and a command that goes on through `sudo`, end with the',
    'exit code of the program that they ran.',
    '',
    '## Refusals of the HTTPS server',
    '',
    'Some refusals have a finer status than the one of their code.',
    '',
    '| HTTP status | code | meaning |',
    '|---|---|---|',
    ...Object.values(httpRefusals)
      .toSorted((one, other) => one.http - other.http)
      .map(({ http, code, meaning }) => `| ${http} | \`${code}\` | ${meaning} |`),
    '',
  ].join('\n');
}

/** Makes the table of exit codes as it stands in the README. */
export function exitCodeTable(): string {
  const byExit = Map.groupBy(failureCodes, (code) => failureTable[code].exit);
  return [
    '| exit code | code | meaning |',
    '|---|---|---|',
    '| 0 | | The command did its work; after an `up` of all phases, the cluster is ready. |',
    ...[...byExit].map(([exit, codes]) => {
      const names = codes.map((code) => `\`${code}\``).join(', ');
      return `| ${exit} | ${names} | ${codes.map((code) => failureTable[code].meaning).join(' ')} |`;
    }),
  ].join('\n');
}
