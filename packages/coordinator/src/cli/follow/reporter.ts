import type { NodeView, Progress, RunEvent } from '@vhive/shared';
import type { WaitingModel } from '../render/waiting-lines.ts';
import type { FollowedRun } from './followed-run.ts';

/** A reporter tells people, or programs, how things go. */
export interface Reporter {
  /** Whether only the person at this terminal sees what is told, so that a join token may be among it. */
  readonly isPrivate?: boolean;
  message(text: string, level?: 'info' | 'warning'): void;
  /** Called whenever the picture of the wait for nodes changes. */
  waiting(model: WaitingModel): void;
  /** Called with the run that is followed. */
  started(run: { runId: string; resumed: boolean }): void;
  nodes(nodes: readonly NodeView[]): void;
  /** Called with an event after it was folded into the run. */
  event(event: RunEvent, run: FollowedRun): void;
  progress(progress: Progress, run: FollowedRun): void;
  /** Ends moving pictures. What is written after that stays on the terminal. */
  close(): void;
}
