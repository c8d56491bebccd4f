import type { Logger } from './logger.ts';

/** Trouble that lasts is told once, when it changes, and every minute; not at every attempt. */
export interface TroubleReport {
  report(message: string): void;
  /** The trouble has ended; says so if there was any. */
  over(): void;
}

const REPEAT_MS = 60_000;

/** Makes a report of one kind of trouble. */
export function createTroubleReport(logger: Logger, now: () => number = Date.now): TroubleReport {
  let told: { message: string; at: number } | undefined;
  return {
    report(message) {
      if (told && told.message === message && now() - told.at < REPEAT_MS) return;
      logger.warn(`${message}; trying on`);
      told = { message, at: now() };
    },
    over() {
      if (told) logger.info('it answers again');
      told = undefined;
    },
  };
}
