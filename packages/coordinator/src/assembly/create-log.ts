import { terminalEntry } from '@vhive/shared';
import { type Logger, pino } from 'pino';
import type { CoordinatorOptions } from './options.ts';
import { lineForPeople, timedLine } from './terminal-log.ts';

/**
 * Makes the coordinator's log. A person at a terminal gets lines to read; files, pipes and systemd get one JSON object
 * per line, with the level as a word and the time in ISO 8601, as agents write theirs.
 */
export function createLog(
  { logLevel, log }: Pick<CoordinatorOptions, 'logLevel' | 'log'>,
  stderr: Pick<NodeJS.WriteStream, 'isTTY' | 'write'> = process.stderr,
): Logger {
  const settings = {
    level: logLevel,
    base: { name: 'vhive-coord' },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (log) return pino(settings, { write: (line: string) => log(lineForPeople(line)) });
  if (stderr.isTTY)
    return pino(settings, { write: (line: string) => void stderr.write(`${terminalEntry(timedLine(line))}\n`) });
  if (stderr !== process.stderr) return pino(settings, { write: (line: string) => void stderr.write(line) });
  // What is written last, before a crash, must not be lost.
  return pino(settings, pino.destination({ fd: 2, sync: true }));
}
