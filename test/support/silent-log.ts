import { pino } from 'pino';

/** A logger that writes nothing. */
export const silentLog = pino({ level: 'silent' });

/** Makes a logger whose lines a test can read. */
export function recordingLog(): { log: pino.Logger; lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  return { log, lines };
}
