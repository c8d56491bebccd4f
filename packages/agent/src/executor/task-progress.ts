import { defined, type Progress, type TaskStatus } from '@vhive/shared';

/** A task sends at most one detail in this many milliseconds. */
const DETAIL_INTERVAL_MS = 200;

/** The progress of one task, for people who watch. */
export interface TaskProgress {
  started(): void;
  /** Reports a detail. At most five are sent per second; of those in between only the last one is sent. */
  detail(text: string): void;
  finished(status: TaskStatus): void;
}

/**
 * Makes the progress of a task. Nothing is sent about a task that ends within `quietMs` milliseconds: its result says
 * everything, and progress would double the messages of thousands of agents.
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
    send({ type: 'task.progress', ...head, status, ...defined({ detail: latest }) });
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
