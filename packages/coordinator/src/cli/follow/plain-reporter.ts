import { type RunEvent, terminalEntry } from '@vhive/shared';
import { clockText, elapsedText } from '../duration.ts';
import type { OutputStream } from '../io.ts';
import { type EventLine, stillRunning } from '../render/event-lines.ts';
import type { Style } from '../render/style.ts';
import { adviceTopics, waitingAdvice, waitingSummary } from '../render/waiting-lines.ts';
import { EventTeller } from './event-teller.ts';
import type { FollowedRun } from './followed-run.ts';
import { ReasonsTeller } from './reasons-teller.ts';
import type { Reporter } from './reporter.ts';

/** New reasons of steps that wait are looked for this often, in milliseconds. */
const REASONS_MS = 2_000;
/** After this many milliseconds without a line, one line says what is still running. */
const SILENCE_MS = 30_000;

/**
 * Makes a reporter that writes one line per event, each with the time of day and the time since the command began, for
 * pipes, files and CI. What happened before the command began is summed up.
 */
export function plainReporter(stream: OutputStream, style: Style, startedAt: Date): Reporter {
  const colours = { info: (text: string) => text, good: style.good, warn: style.warn, bad: style.bad };
  const teller = new EventTeller();
  let run: FollowedRun | undefined;
  let said = '';
  let advised = '';
  /** Whether this command has begun the run. */
  let isOwn = false;
  /** Whether the last event was from before this command. */
  let wasPast = false;
  const write = ({ text, tone }: EventLine) => {
    silence.refresh();
    const now = new Date();
    const time = style.dim(`${clockText(now)} +${elapsedText((now.getTime() - startedAt.getTime()) / 1000)}`);
    stream.write(`${time} ${colours[tone](terminalEntry(text))}\n`);
  };
  const silence = setInterval(() => {
    const line = run?.view && stillRunning(run.view, run.progress, new Date());
    if (line) write(line);
  }, SILENCE_MS);
  silence.unref();
  const reasons = new ReasonsTeller();
  const tellReasons = () => {
    if (!run?.view) return;
    for (const text of reasons.due(run.view, run.progress, new Date())) write({ text, tone: 'info' });
  };
  const news = setInterval(tellReasons, REASONS_MS);
  news.unref();
  return {
    message: (text, level = 'info') => write({ text, tone: level === 'warning' ? 'warn' : 'info' }),
    waiting(model) {
      const summary = waitingSummary(model);
      if (summary !== said) write({ text: summary, tone: 'info' });
      said = summary;
      const topics = adviceTopics(model);
      if (topics !== advised) for (const text of waitingAdvice(model)) write({ text, tone: 'info' });
      advised = topics;
    },
    started({ runId, resumed }) {
      isOwn = !resumed;
      if (resumed) write({ text: `resuming run ${runId}`, tone: 'info' });
    },
    nodes: () => undefined,
    event(event: RunEvent, followed) {
      run = followed;
      const isPast = !isOwn && Date.parse(event.at) < startedAt.getTime();
      if (wasPast && !isPast) write({ text: soFar(followed), tone: 'info' });
      wasPast = isPast;
      // Of a resumed run, most events are from before this command. They are summed up instead.
      if (isPast) return;
      for (const line of teller.tell(event, followed)) write(line);
    },
    progress: () => undefined,
    close() {
      clearInterval(silence);
      clearInterval(news);
    },
  };
}

function soFar({ view }: FollowedRun): string {
  const done = view?.steps.filter(({ status }) => status === 'done').length ?? 0;
  return `so far ${done} of ${view?.steps.length ?? 0} steps are done`;
}
