import type { Progress, TaskStatus } from '@vhive/shared';

/** At most one detail per this many milliseconds and task. */
const DETAIL_INTERVAL_MS = 200;

/** Progress of one task for people watching. */
export interface TaskProgress {
  started(): void;
  /** Sent at most five times per second; of those in between the last one. */
  detail(text: string): void;
  finished(status: TaskStatus): void;
}

/**
 * Makes the progress of a task. Nothing is sent about a task that ends within `quietMs`: its result says it all, and
 * thousands of agents would double their messages.
 */
export function createTaskProgress(
  head: Omit<Progress, 'type' | 'status' | 'detail'>,
  send: (progress: Progress) => void,
  quietMs: number,
): TaskProgress {
  let said = false;
  let latest: string | undefined;
  let timer: NodeJS.Timeout | undefined;

  const say = (status: Progress['status']) => {
    said = true;
    send({ type: 'task.progress', ...head, status, ...(latest === undefined ? {} : { detail: latest }) });
  };
  const wait = (delayMs: number) => {
    timer = setTimeout(() => {
      timer = undefined;
      say('started');
    }, delayMs);
  };

  return {
    started: () => wait(quietMs),
    detail(text) {
      latest = text;
      if (timer === undefined) wait(DETAIL_INTERVAL_MS);
    },
    finished(status) {
      clearTimeout(timer);
      if (said) say(status);
    },
  };
}
