import { defined, type LoadProgress, type Progress, type TaskStatus } from '@vhive/shared';

/** A task sends at most one detail in this many milliseconds. */
const DETAIL_INTERVAL_MS = 200;
/** Reasons that stay the same are sent again after this many milliseconds, because a message may have been lost. */
const AGAIN_MS = 30_000;

/** The progress of one task, for people who watch. */
export interface TaskProgress {
  started(): void;
  /**
   * Reports a detail, with the figures of a load where it is about one. At most five are sent per second; of those in
   * between only the last one is sent.
   */
  detail(text: string, load?: LoadProgress): void;
  /** Reports why what is waited for is not there yet. Only what differs is sent, with the same limit as details. */
  waiting(reasons: readonly string[]): void;
  finished(status: TaskStatus): void;
}

/**
 * Makes the progress of a task. Nothing is sent about a task that ends within `quietMs` milliseconds: its result says
 * everything, and progress would double the messages of thousands of agents.
 */
export function createTaskProgress(
  head: Omit<Progress, 'type' | 'status' | 'detail' | 'waiting' | 'load'>,
  send: (progress: Progress) => void,
  quietMs: number,
): TaskProgress {
  let said = false;
  let latest: string | undefined;
  let figures: LoadProgress | undefined;
  let reasons: string[] | undefined;
  let reasonsSaidAt = 0;
  let timer: NodeJS.Timeout | undefined;

  const say = (status: Progress['status']) => {
    said = true;
    reasonsSaidAt = performance.now();
    const waiting = status === 'started' ? reasons : undefined;
    send({ type: 'task.progress', ...head, status, ...defined({ detail: latest, waiting, load: figures }) });
  };
  const wait = (delayMs: number) => {
    timer = setTimeout(() => {
      timer = undefined;
      say('started');
    }, delayMs);
  };

  return {
    started: () => wait(quietMs),
    detail(text, load) {
      latest = text;
      figures = load;
      if (timer === undefined) wait(DETAIL_INTERVAL_MS);
    },
    waiting(now) {
      const next = now.length === 0 ? undefined : [...now];
      const same = (next ?? []).join('\n') === (reasons ?? []).join('\n');
      if (same && (next === undefined || performance.now() - reasonsSaidAt < AGAIN_MS)) return;
      reasons = next;
      if (timer === undefined) wait(DETAIL_INTERVAL_MS);
    },
    finished(status) {
      clearTimeout(timer);
      if (said) say(status);
    },
  };
}
