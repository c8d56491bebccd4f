import { type NodeView, terminalEntry } from '@vhive/shared';
import { createLogUpdate } from 'log-update';
import { clockText } from '../duration.ts';
import type { CliIo } from '../io.ts';
import type { Canvas } from '../render/live/live-model.ts';
import { renderLive } from '../render/live/live-view.ts';
import { wrapped } from '../render/text-width.ts';
import { longCommands, renderWaiting, type WaitingModel } from '../render/waiting-lines.ts';
import { EventTeller } from './event-teller.ts';
import type { FollowedRun } from './followed-run.ts';
import type { Reporter } from './reporter.ts';

/** The time between two pictures, in milliseconds. */
const FRAME_MS = 120;

/** Makes a reporter that draws a moving picture on a terminal. Warnings and failures stay above it. */
export function liveReporter(io: CliIo): Reporter {
  const { stdout: stream, style, startedAt } = io;
  const log = createLogUpdate(stream as NodeJS.WriteStream);
  let frame = 0;
  /** The commands for other hosts that stand above the picture. */
  let copied = '';
  let waiting: WaitingModel | undefined;
  let run: FollowedRun | undefined;
  /** Whether this command has begun the run. */
  let isOwn = false;
  let nodes: readonly NodeView[] = [];
  const draw = () => {
    const canvas: Canvas = { width: stream.columns ?? 80, height: stream.rows ?? 24, now: new Date(), frame: frame++ };
    const view = run?.view;
    if (run && view)
      log(
        renderLive(
          { view, nodes, progress: run.progress, startedAt: since ?? new Date(view.createdAt) },
          canvas,
          style,
        ).join('\n'),
      );
    else if (waiting) log(renderWaiting(waiting, canvas, style).join('\n'));
  };
  /** When the command began that asked for the run; undefined for one that only watches. */
  let since: Date | undefined;
  let closed = false;
  const write = (text: string) => (closed ? stream.write(`${text}\n`) : log.persist(text));
  const keep = (text: string) => write(terminalEntry(text));
  /** Keeps a text above the picture, broken between words, with the time of day. */
  const keepTimed = (text: string, tone: (text: string) => string) => {
    const entry = terminalEntry(`${clockText(new Date())} ${text}`);
    const lines = wrapped(entry, stream.columns ?? 80, '  ');
    write(lines.map((line) => tone(line)).join('\n'));
  };
  const teller = new EventTeller();
  const timer = setInterval(draw, FRAME_MS);
  timer.unref();
  // Written beside the picture, a line would be erased by the next frame.
  const { announce } = io;
  io.announce = (line) => keep(style.warn(line));
  return {
    message: (text, level = 'info') => keepTimed(text, level === 'warning' ? style.warn : (plain) => plain),
    isPrivate: true,
    waiting(model) {
      waiting = model;
      const commands = longCommands(model, stream.columns ?? 80).join('\n');
      if (commands !== '' && commands !== copied) {
        // Only the terminal itself may break these lines.
        log.clear();
        stream.write(`${commands}\n`);
      }
      copied = commands;
    },
    started({ runId, resumed }) {
      since = startedAt;
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
      for (const { text, tone } of teller.tell(event, followed)) {
        if (tone === 'warn') keepTimed(text, style.warn);
        if (tone === 'bad' && event.type !== 'run.finished') keepTimed(text, style.bad);
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
