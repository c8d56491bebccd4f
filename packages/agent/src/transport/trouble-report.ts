import type { Logger } from './logger.ts';

/** Reports trouble that lasts: once when it begins or changes, and then once a minute, but not at every attempt. */
export interface TroubleReport {
  report(message: string): void;
  /** Tells that the trouble has ended. Nothing is logged if there was none. */
  over(): void;
}

const REPEAT_MS = 60_000;

/** Makes a report for one kind of trouble. */
export function createTroubleReport(logger: Logger, now: () => number = Date.now): TroubleReport {
  let told: { message: string; at: number } | undefined;
  return {
    report(message) {
      if (told && told.message === message && now() - told.at < REPEAT_MS) return;
      logger.warn(`${message}; trying again`);
      told = { message, at: now() };
    },
    over() {
      if (told) logger.info('the coordinator answers again');
      told = undefined;
    },
  };
}
