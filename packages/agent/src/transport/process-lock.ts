import { readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createFileAtomic, readFileIfPresent } from '@vhive/base/files/atomic-file';
import { systemFailure } from '@vhive/base/system-failure';
import { messageOf, VhiveError } from '@vhive/shared';

/** A lock on a state directory, held by this process. */
export interface ProcessLock {
  release(): Promise<void>;
}

/**
 * One agent per state directory: `agent.pid` holds process id and start time of its owner. A lock whose owner is gone
 * (or whose process id now belongs to another process) is taken over. Throws when a living agent holds it.
 *
 * This is not the kernel's lock of base/files/file-lock.ts: that one costs a helper process for as long as it is held,
 * which an agent would hold for its whole life, and it could not name the process that has it.
 */
export async function lockStateDirectory(directory: string): Promise<ProcessLock> {
  const path = join(directory, 'agent.pid');
  const own = `${process.pid} ${await startTimeOf(process.pid)}`;
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await made(path, own)) return { release: () => rm(path, { force: true }) };
    const pid = await livingOwner(directory);
    if (pid !== undefined)
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

/** The process id of the living agent that uses a state directory; undefined when there is none. */
export async function livingOwner(directory: string): Promise<number | undefined> {
  const [pid, startTime] = ((await readFileIfPresent(join(directory, 'agent.pid'))) ?? '').split(' ');
  return pid && startTime && (await startTimeOf(Number(pid))) === startTime ? Number(pid) : undefined;
}

async function made(path: string, own: string): Promise<boolean> {
  try {
    return await createFileAtomic(path, own);
  } catch (error) {
    throw (
      systemFailure(error) ??
      new VhiveError({
        code: 'usage',
        message: `cannot use the state directory ${dirname(path)}: ${messageOf(error)}`,
        hint: 'name another with --state-dir or VHIVE_AGENT_STATE_DIR',
        cause: error,
      })
    );
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
