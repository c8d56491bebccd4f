import type { NodeView, Progress, RunView, StepView } from '@vhive/shared';

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

/** Returns the seconds since a step's first attempt began; 0 when it has not begun. */
export function elapsedOf(step: StepView, now: Date): number {
  return step.startedAt === undefined ? 0 : Math.max(0, (now.getTime() - Date.parse(step.startedAt)) / 1000);
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
