import { readdirSync, readFileSync } from 'node:fs';
import type { Target } from './schedule.ts';

/** A process of a trial, as /proc shows it. */
export interface Process {
  pid: number;
  command: string;
}

/** The processes that have this directory in their command line. Zombies have none. */
export function processesOf(directory: string): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) return [];
    const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
    return command.includes(directory) ? [{ pid, command }] : [];
  });
}

/** The pids that a fault meets now. `command` is the pid of the command under test. */
export function pidsOf(target: Target, directory: string, command: number): number[] {
  if (target === 'command') return [command];
  const all = processesOf(directory);
  const matching = (text: string) => all.filter((one) => one.command.includes(text)).map(({ pid }) => pid);
  switch (target) {
    case 'nats-server':
      return matching('nats-server.conf');
    case 'everything':
      return all.map(({ pid }) => pid);
    case 'foreground': {
      const group = groupOf(command);
      return group === undefined ? [command] : all.map(({ pid }) => pid).filter((pid) => groupOf(pid) === group);
    }
    default:
      return matching(`--name ${target} `);
  }
}

/** Sends a signal to a process, which may have ended meanwhile. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause;
  }
}

/** The process group; undefined for a process that has ended. */
function groupOf(pid: number): number | undefined {
  // The name, which may have blanks, ends at the last closing parenthesis; state, parent and group follow it.
  const fields = read(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ');
  return fields?.[2] === undefined ? undefined : Number(fields[2]);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
