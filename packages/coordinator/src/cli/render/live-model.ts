import type { NodeView, Progress, RunView, StepView } from '@vhive/shared';

/** All that the live view shows, as plain data. */
export interface LiveModel {
  view: RunView;
  /** As the registry sees them; empty while unknown. */
  nodes: readonly NodeView[];
  /** Latest progress by step id. */
  progress: ReadonlyMap<string, Progress>;
  /** When the command was typed. */
  startedAt: Date;
}

/** The room there is, and how to set things off. */
export interface Canvas {
  /** Columns. */
  width: number;
  /** Rows. */
  height: number;
  now: Date;
  /** Counts up by one per frame; moves the spinner. */
  frame: number;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** The spinner's character of a frame. */
export function spinner(frame: number): string {
  return frames[frame % frames.length] ?? '⠋';
}

/** Seconds since a step's first attempt began; 0 when it has not. */
export function elapsedOf(step: StepView, now: Date): number {
  return step.startedAt === undefined ? 0 : Math.max(0, (now.getTime() - Date.parse(step.startedAt)) / 1000);
}

/** `4/11 containerd 2.2.3 in /usr/local (120 of 300 MB)` of a step that runs; empty when nothing is known of it. */
export function taskText(progress: Progress | undefined): string {
  if (!progress) return '';
  const detail = progress.detail === undefined ? '' : ` (${progress.detail})`;
  return `${progress.index + 1}/${progress.count} ${progress.title}${detail}`;
}

/** The first line of a failure. */
export function causeOf(failure: { message: string } | undefined): string {
  return failure?.message.split('\n')[0] ?? 'no cause recorded';
}
