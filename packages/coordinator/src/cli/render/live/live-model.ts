import type { NodeView, Progress, RunView, StepView } from '@vhive/shared';
import { elapsedText } from '../../duration.ts';

/** All that the live view shows, as plain data. */
export interface LiveModel {
  view: RunView;
  /** The nodes as the node registry sees them; empty while they are unknown. */
  nodes: readonly NodeView[];
  /** The latest progress, by step id. */
  progress: ReadonlyMap<string, Progress>;
  /** The time at which the command began. */
  startedAt: Date;
}

/** The room there is, and how to set things off. */
export interface Canvas {
  /** The width in columns. */
  width: number;
  /** The height in rows. */
  height: number;
  now: Date;
  /** Counts up by one per frame, and so moves the spinner. */
  frame: number;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Returns the spinner's character of a frame. */
export function spinner(frame: number): string {
  return frames[frame % frames.length] ?? '⠋';
}

/** Returns for how many seconds the running attempt of a step, or else the step, has been at it; 0 when it has not begun. */
export function elapsedOf({ attemptStartedAt, startedAt }: StepView, now: Date): number {
  const since = attemptStartedAt ?? startedAt;
  return since === undefined ? 0 : Math.max(0, (now.getTime() - Date.parse(since)) / 1000);
}

/** Writes for how long the running attempt of a step has been at it, and how long it may be: `14s of 10m`. */
export function timeText(step: StepView, now: Date): string {
  const elapsed = elapsedText(elapsedOf(step, now));
  if (step.attemptStartedAt === undefined || step.attemptEndsBy === undefined) return elapsed;
  const limit = (Date.parse(step.attemptEndsBy) - Date.parse(step.attemptStartedAt)) / 1000;
  return `${elapsed} of ${elapsedText(limit).replace(/m00[sm]$/, 'm')}`;
}

/** Writes when a step that waits between two attempts is tried again, and what went wrong. */
export function againText(step: StepView, now: Date): string {
  const { nextAttemptAt, attemptsLeft = 0 } = step;
  const pause = nextAttemptAt === undefined ? 0 : Math.max(0, (Date.parse(nextAttemptAt) - now.getTime()) / 1000);
  const left = attemptsLeft < 1 ? '' : ` (${attemptsLeft} left)`;
  return `again in ${elapsedText(Math.ceil(pause))}${left}: ${causeOf(step.failure)}`;
}

/**
 * Writes what a running step is doing: `4/11 containerd 2.2.3 in /usr/local (120 of 300 MB)`. Empty when nothing is
 * known of it.
 */
export function taskText(progress: Progress | undefined): string {
  if (!progress) return '';
  const detail = progress.detail === undefined ? '' : ` (${progress.detail})`;
  return `${progress.index + 1}/${progress.count} ${progress.title}${detail}`;
}

/** Returns the first line of a failure. */
export function causeOf(failure: { message: string } | undefined): string {
  return failure?.message.split('\n')[0] ?? 'no cause recorded';
}
