import { setTimeout as sleep } from 'node:timers/promises';
import { pidsOf, signal } from './processes.ts';
import type { Deed, Fault } from './schedule.ts';
import type { SmallDisk } from './small-disk.ts';
import { WatchedUp } from './watched-up.ts';

/** A phase that is not reached within so many milliseconds of the start is not waited for any longer. */
const PHASE_LIMIT_MS = 25_000;

/** What was started by the faults of a round. */
export interface Struck {
  seconds: WatchedUp[];
}

/**
 * Carries out the faults of a round on a running `up`, each at its moment. Resolves when the command has ended or all
 * faults are over.
 */
export async function strike(
  trial: { directory: string; args: readonly string[]; env: NodeJS.ProcessEnv; disk: SmallDisk | undefined },
  up: WatchedUp,
  faults: readonly Fault[],
  name: string,
): Promise<Struck> {
  const struck: Struck = { seconds: [] };
  const over = new AbortController();
  const ended = up.ended.then(() => over.abort());
  const pause = (ms: number) => sleep(ms, undefined, { signal: over.signal }).catch(() => undefined);

  async function commit(deed: Deed): Promise<void> {
    switch (deed.kind) {
      case 'signal':
        for (const pid of pidsOf(deed.target, trial.directory, up.pid)) signal(pid, deed.signal);
        break;
      case 'stop': {
        const pids = pidsOf(deed.target, trial.directory, up.pid);
        for (const pid of pids) signal(pid, 'SIGSTOP');
        await pause(deed.forMs);
        for (const pid of pids) signal(pid, 'SIGCONT');
        if (pids.includes(up.pid)) up.resumed();
        break;
      }
      case 'fill-disk':
        await trial.disk?.fill();
        await pause(deed.forMs);
        await trial.disk?.free();
        break;
      case 'second-up':
        struck.seconds.push(WatchedUp.start(trial, `${name}-second-${struck.seconds.length + 1}`));
        break;
    }
  }

  const all = Promise.all(
    faults.map(async ({ moment, deed }) => {
      if (moment.after !== 'start') await Promise.race([up.reached(moment.after), pause(PHASE_LIMIT_MS)]);
      await pause(moment.ms);
      if (!over.signal.aborted) await commit(deed);
    }),
  );
  await Promise.race([all, ended]);
  // What was begun is brought to its end, such as letting a stopped process go on.
  over.abort();
  await all;
  return struck;
}
