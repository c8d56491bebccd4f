import { type NodeView, terminalEntry } from '@vhive/shared';
import { createLogUpdate } from 'log-update';
import type { CliIo } from '../io.ts';
import { eventLines } from '../render/event-lines.ts';
import type { Canvas } from '../render/live-model.ts';
import { renderLive } from '../render/live-view.ts';
import { renderWaiting, type WaitingModel } from '../render/waiting-lines.ts';
import type { FollowedRun } from './followed-run.ts';
import type { Reporter } from './reporter.ts';

/** The time between two pictures, in milliseconds. */
const FRAME_MS = 120;

/** Makes a reporter that draws a moving picture on a terminal. Warnings and failures stay above it. */
export function liveReporter(io: CliIo): Reporter {
  const { stdout: stream, style, startedAt } = io;
  const log = createLogUpdate(stream as NodeJS.WriteStream);
  let frame = 0;
  let waiting: WaitingModel | undefined;
  let run: FollowedRun | undefined;
  /** Whether this command has begun the run. */
  let isOwn = false;
  let nodes: readonly NodeView[] = [];
  const draw = () => {
    const canvas: Canvas = { width: stream.columns ?? 80, height: stream.rows ?? 24, now: new Date(), frame: frame++ };
    const view = run?.view;
    if (run && view) log(renderLive({ view, nodes, progress: run.progress, startedAt }, canvas, style).join('\n'));
    else if (waiting) log(renderWaiting(waiting, canvas, style).join('\n'));
  };
  let closed = false;
  const keep = (text: string) => (closed ? stream.write(`${terminalEntry(text)}\n`) : log.persist(terminalEntry(text)));
  const timer = setInterval(draw, FRAME_MS);
  timer.unref();
  // Written beside the picture, a line would be erased by the next frame.
  const { announce } = io;
  io.announce = (line) => keep(style.warn(line));
  return {
    message: (text, level = 'info') => keep(level === 'warning' ? style.warn(text) : text),
    waiting(model) {
      waiting = model;
    },
    started({ runId, resumed }) {
      waiting = undefined;
      isOwn = !resumed;
      if (resumed) keep(`resuming run ${runId}`);
    },
    nodes(now) {
      nodes = now;
    },
    event(event, followed) {
      run = followed;
      // Warnings from before this command are of no use any more.
      if (!isOwn && Date.parse(event.at) < startedAt.getTime()) return;
      for (const { text, tone } of eventLines(event, followed)) {
        if (tone === 'warn') keep(style.warn(text));
        if (tone === 'bad' && event.type !== 'run.finished') keep(style.bad(text));
      }
    },
    progress: () => undefined,
    close() {
      if (closed) return;
      closed = true;
      io.announce = announce;
      clearInterval(timer);
      log.clear();
      log.done();
    },
  };
}
