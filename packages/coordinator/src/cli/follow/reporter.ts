import type { NodeView, Progress, RunEvent } from '@vhive/shared';
import type { WaitingModel } from '../render/waiting-lines.ts';
import type { FollowedRun } from './followed-run.ts';

/** Who tells people, or programs, how things go. */
export interface Reporter {
  message(text: string, level?: 'info' | 'warning'): void;
  /** Called whenever the picture changes. */
  waiting(model: WaitingModel): void;
  /** The run there is to follow. */
  started(run: { runId: string; resumed: boolean }): void;
  nodes(nodes: readonly NodeView[]): void;
  /** An event, after it was folded into the run. */
  event(event: RunEvent, run: FollowedRun): void;
  progress(progress: Progress, run: FollowedRun): void;
  /** Ends moving pictures; what is written after it stays. */
  close(): void;
}
