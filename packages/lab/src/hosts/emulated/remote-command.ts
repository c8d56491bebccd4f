/** The directory on the host with the number of the shell of each program that may have to be ended. */
const shells = '/run/vhive-lab';

/** What a program on a host is run with. */
export interface RemoteProgram {
  argv: readonly string[];
  cwd: string;
  /** The value of PATH. Other variables are sent by ssh, so that they are in no argument list. */
  path: string;
  /** A word by which {@link endCommand} finds the program, if it may have to be ended. */
  id?: string | undefined;
}

/**
 * Returns the text of a command that sshd gives to the host's shell. The program is in the host's own network namespace
 * and not in that of the line to the lab, and it ends when the session ends. One that a signal has ended gives 128 and
 * the signal's number, as with any shell.
 */
export function remoteCommand({ argv, cwd, path, id }: RemoteProgram): string {
  const words = argv.map(quoted).join(' ');
  const program = `cd ${quoted(cwd)} && PATH=${quoted(path)} setpriv --pdeathsig=KILL -- ${words}`;
  const script =
    id === undefined
      ? `${program}; exit $?`
      : `mkdir -p ${shells}; echo $$ > ${shells}/${id}; ${program}; code=$?; rm -f ${shells}/${id}; exit $code`;
  return `exec nsenter --net=/proc/1/ns/net setpriv --pdeathsig=KILL sh -c ${quoted(script)}`;
}

/** Returns the command that sends a signal to the program called `id`. */
export function endCommand(id: string, signal: 'TERM' | 'KILL'): string {
  return `pkill -${signal} -P $(cat ${shells}/${id})`;
}

/** Writes a word so that a shell takes it as it is. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
