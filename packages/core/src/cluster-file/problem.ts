import { printable, VhiveError } from '@vhive/shared';

/** Something that is wrong with the configuration. */
export interface Problem {
  /**
   * The code is `usage` for something impossible, whatever the hosts are, and `preflight` for something that is possible,
   * but not with these hosts.
   */
  code: 'usage' | 'preflight';
  /** The field, such as `network.podCidr`; '' for the whole file. */
  field: string;
  /** The other field of a contradiction, which is the one to look at when `field` has its default. */
  otherField?: string;
  /** Where the value comes from: `file:line`, a flag or a variable; absent where only the field is known. */
  where?: string | undefined;
  /** What is wrong and why. */
  message: string;
  /** What to write instead. */
  fix?: string | undefined;
}

/** So many problems are named; the others are counted. A file of nonsense may have thousands. */
export const MOST_PROBLEMS = 20;
/** A key or value that is longer is cut in the text of a problem, in characters. */
const LONGEST_PART = 200;

/** Makes one error that names all problems of `what`. Its code is `usage` as soon as that of one problem is. */
export function problemsError(problems: readonly Problem[], what = 'the cluster configuration'): VhiveError {
  const code = problems.some((problem) => problem.code === 'usage') ? 'usage' : 'preflight';
  const first = problems[0];
  if (problems.length === 1 && first !== undefined)
    return new VhiveError({
      code,
      message: lineOf(first),
      hint: first.fix === undefined ? undefined : shown(first.fix),
    });
  const lines = problems
    .slice(0, MOST_PROBLEMS)
    .map((problem) => `  ${lineOf(problem)}${problem.fix === undefined ? '' : ` (${shown(problem.fix)})`}`);
  const left = problems.length - lines.length;
  const more = left > 0 ? [`  and ${left} more`] : [];
  return new VhiveError({
    code,
    message: `${problems.length} problems with ${what}:\n${[...lines, ...more].join('\n')}`,
    hint: 'nothing was touched; change these and start again',
  });
}

/** Writes a problem in one line. A flag names its field by itself, so the field is left out after one. */
function lineOf({ where, field, message }: Problem): string {
  const named = where?.startsWith('--') ? [where, message] : [where, field, message];
  return named
    .filter((part) => part !== undefined && part !== '')
    .map((part) => shown(part ?? ''))
    .join(': ');
}

/** Writes a text from a file so that it stays in its line. */
function shown(text: string): string {
  const line = printable(text);
  return line.length <= LONGEST_PART * 2 ? line : `${line.slice(0, LONGEST_PART)}…${line.slice(-LONGEST_PART)}`;
}
