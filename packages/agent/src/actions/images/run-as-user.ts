import type { CommandOptions, CommandResult, Host } from '../../host/host.ts';

/** Who is known to a registry. */
export interface CtrAccess {
  user: string;
  /** The password or token. It must not appear in arguments, which every user of the host can read. */
  secret: string;
}

/**
 * ctr takes a password only as an argument or at its own prompt, which needs a terminal. So it gets one from script(1),
 * and what it asks for is written there once nothing is shown of it any more. The secret comes in by standard input and
 * is handed on by a command that is built into the shell; the arguments of ctr pass by way of a file, as they are.
 */
const AT_ITS_PROMPT = `set -e
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 143' INT TERM
mkfifo "$work/silent"
printf '%s\\0' "$@" > "$work/arguments"
IFS= read -r secret
{ read -r _ < "$work/silent"; printf '%s\\n' "$secret"; } |
  script --quiet --return --flush --command \\
    "stty -echo && echo > '$work/silent' && exec xargs -0 -a '$work/arguments' env" /dev/null
`;

/** The exit status of xargs when the command that it ran has failed. */
const COMMAND_FAILED = 123;

/** Runs a command that asks for a password at its prompt, and answers it. All its output comes as standard output. */
export async function runAsUser(
  argv: readonly string[],
  { secret }: CtrAccess,
  host: Host,
  options: CommandOptions,
): Promise<CommandResult> {
  const result = await host.run(['sh', '-c', AT_ITS_PROMPT, 'sh', ...argv], { ...options, input: `${secret}\n` });
  return result.exitCode === COMMAND_FAILED ? { ...result, exitCode: 1 } : result;
}
