import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { VhiveError } from '@vhive/shared';
import { readTextFile } from './enrolment/private-file.ts';

/** A lock on a state directory, held by this process. */
export interface ProcessLock {
  release(): Promise<void>;
}

/**
 * One agent per state directory: `agent.pid` holds process id and start time of its owner. A lock whose owner is gone
 * (or whose process id now belongs to another process) is taken over. Throws when a living agent holds it.
 */
export async function lockStateDirectory(directory: string): Promise<ProcessLock> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'agent.pid');
  const own = `${process.pid} ${await startTimeOf(process.pid)}`;
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await createExclusively(path, own)) return { release: () => rm(path, { force: true }) };
    const [pid, startTime] = ((await readTextFile(path)) ?? '').split(' ');
    if (pid && startTime && (await startTimeOf(Number(pid))) === startTime)
      throw new VhiveError({
        code: 'usage',
        message: `another agent (process ${pid}) uses ${directory}`,
        hint: 'stop it (systemctl stop vhive-agent), or give this one another --state-dir',
      });
    await rm(path, { force: true });
  }
  throw new VhiveError({
    code: 'internal',
    message: `cannot take the lock ${path}: another agent starts at the same time`,
  });
}

async function createExclusively(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(content);
    await file.close();
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Field 22 of /proc/<pid>/stat (proc(5)): clock ticks between boot and the start of the process; undefined when it is gone. */
async function startTimeOf(pid: number): Promise<string | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field is a name in parentheses that may hold anything.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
