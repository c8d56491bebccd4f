import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { defined } from '@vhive/shared';
import type { ProcessIdentity } from '../types.ts';

/**
 * Returns the start time of a process in clock ticks since boot; undefined when there is no such process, or only its
 * zombie.
 */
export function startTimeOf(pid: number): number | undefined {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  // The name (field 2) may hold spaces and parentheses, so the fields are counted from the last parenthesis. From
  // there, the state has index 0 and the start time index 19.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields[0], Number(fields[19])];
  return stat === '' || state === 'Z' || state === 'X' ? undefined : startTime;
}

/** Tells whether the very process that was remembered still runs. */
export function isRunning(process: ProcessIdentity): boolean {
  return startTimeOf(process.pid) === process.startTime;
}

/** Sends a signal to the process that was remembered, and never to a later one with the same number. */
export function sendSignal(target: ProcessIdentity, signal: NodeJS.Signals | number): void {
  if (!isRunning(target)) return;
  try {
    process.kill(target.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * Waits at most `milliseconds` for `condition`, which it looks at every 20 ms. Returns its first value that is not
 * undefined or false.
 */
export async function waitUntil<Value>(
  condition: () => Value | undefined | false,
  milliseconds: number,
  signal?: AbortSignal | undefined,
): Promise<Value | undefined> {
  const end = performance.now() + milliseconds;
  for (;;) {
    const value = condition();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > end) return undefined;
    await delay(20, undefined, defined({ signal }));
  }
}

/**
 * Returns the systemd of a host. It is the process below the supervisor that has number 1 in its own process id
 * namespace. It is undefined while the host is off or has not got that far.
 */
export function leaderOf(supervisor: ProcessIdentity): number | undefined {
  if (!isRunning(supervisor)) return undefined;
  for (const nspawn of childrenOf(supervisor.pid)) {
    const leader = childrenOf(nspawn).find(isInitOfNamespace);
    if (leader !== undefined) return leader;
  }
  return undefined;
}

/** Returns the child processes of a process's main thread. */
export function childrenOf(pid: number): number[] {
  return readOrEmpty(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number);
}

/** Returns the words of a process's command line; none for a process that is gone. */
export function commandLineOf(pid: number): string[] {
  return readOrEmpty(`/proc/${pid}/cmdline`).split('\0');
}

function isInitOfNamespace(pid: number): boolean {
  return /^NSpid:(\s+\d+)+\s+1$/m.test(readOrEmpty(`/proc/${pid}/status`));
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
