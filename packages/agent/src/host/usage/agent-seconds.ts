import { readFileSync } from 'node:fs';
import { processSeconds } from './parse.ts';

/**
 * Returns the seconds of processor time that this process has used, and the programs that it has started and that still
 * run, such as a load generator.
 */
export function agentSeconds(): number {
  const { user, system } = process.cpuUsage();
  const children = text(`/proc/self/task/${process.pid}/children`).split(' ').filter(Boolean);
  const ofChildren = children.reduce((sum, pid) => sum + (processSeconds(text(`/proc/${pid}/stat`)) ?? 0), 0);
  return (user + system) / 1e6 + ofChildren;
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    return '';
  }
}
