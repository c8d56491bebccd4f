import type { LoadProgress } from '@vhive/shared';
import { createLogUpdate } from 'log-update';
import type { CliIo } from '../../io.ts';

/** Where there is no terminal, a line is written every so many times that progress is told, which is every second. */
export const EVERY = 10;

/** Tells people and programs how a load is going. */
export interface ProgressTeller {
  tell(progress: LoadProgress): void;
  /** Writes a line that stays. */
  keep(line: string): void;
  close(): void;
}

/** Makes what tells progress: a line that changes on a terminal, otherwise a line now and then, and JSON lines. */
export function progressTeller(io: CliIo, totalMs: number | undefined): ProgressTeller {
  const line = (progress: LoadProgress) => progressLine(progress, totalMs);
  if (!io.text.isTTY || io.env.TERM === 'dumb' || (io.env.CI ?? '') !== '') {
    let told = 0;
    return {
      tell(progress) {
        io.line({ type: 'load-progress', ...progress });
        if (++told % EVERY === 0) io.say(line(progress));
      },
      keep: (text) => io.say(text),
      close: () => undefined,
    };
  }
  const log = createLogUpdate(io.text as NodeJS.WriteStream);
  const { announce } = io;
  const keep = (text: string) => {
    log.clear();
    io.say(text);
  };
  io.announce = keep;
  return {
    tell(progress) {
      io.line({ type: 'load-progress', ...progress });
      log(io.style.busy(line(progress)));
    },
    keep,
    close() {
      io.announce = announce;
      log.clear();
      log.done();
    },
  };
}

/** Says in one line how a load is going. */
export function progressLine(progress: LoadProgress, totalMs: number | undefined): string {
  const { elapsedMs, warmingUp, askedRps, reachedRps, inFlight, ok, failed, p50, p99 } = progress;
  const of = totalMs === undefined ? '' : ` of ${Math.round(totalMs / 1000)}`;
  return [
    `${Math.round(elapsedMs / 1000)}${of} s${warmingUp ? ', warming up' : ''}`,
    `rate ${reachedRps.toFixed(1)} of ${askedRps.toFixed(1)} rps`,
    `${inFlight} in flight`,
    `${ok} ok, ${failed} failed`,
    `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
  ].join('; ');
}
