import { VhiveError } from '@vhive/shared';

/** Something wrong with the configuration. */
export interface Problem {
  /** usage: it says something impossible; preflight: possible, but not with these hosts, versions or this release. */
  code: 'usage' | 'preflight';
  /** The field, such as `network.podCidr`; '' for the whole. */
  field: string;
  /** The other field of a contradiction: where to look when `field` has its default. */
  otherField?: string;
  /** `file:line`, a flag or a variable; absent where only the field is known. */
  where?: string | undefined;
  /** What is wrong and why. */
  message: string;
  /** What to write instead. */
  fix?: string | undefined;
}

/** One error that names all problems. Its code is `usage` as soon as one is. */
export function problemsError(problems: readonly Problem[]): VhiveError {
  const code = problems.some((problem) => problem.code === 'usage') ? 'usage' : 'preflight';
  const first = problems[0];
  if (problems.length === 1 && first !== undefined)
    return new VhiveError({ code, message: lineOf(first), hint: first.fix });
  const lines = problems.map(
    (problem) => `  ${lineOf(problem)}${problem.fix === undefined ? '' : ` (${problem.fix})`}`,
  );
  return new VhiveError({
    code,
    message: `${problems.length} problems with the cluster configuration:\n${lines.join('\n')}`,
    hint: 'nothing was touched; change these and start again',
  });
}

/** A flag names its field by itself. */
function lineOf({ where, field, message }: Problem): string {
  const named = where?.startsWith('--') ? [where, message] : [where, field, message];
  return named.filter((part) => part !== undefined && part !== '').join(': ');
}
