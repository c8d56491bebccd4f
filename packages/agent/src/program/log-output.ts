import { printableLines, terminalEntry } from '@vhive/shared';
import { type Logger as PinoLogger, pino } from 'pino';

/** Options of the log. */
export interface LogOptions {
  level: string;
  /** true writes readable lines for a person; false writes one JSON object per line. */
  readable: boolean;
  /** Whether the host is simulated. Then every line says so. */
  simulated: boolean;
}

/** Makes a log that writes to standard error. */
export function createLog({ level, readable, simulated }: LogOptions): PinoLogger {
  const options = {
    level,
    base: { name: 'vhive-agent', ...(simulated ? { simulated } : {}) },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  if (!readable) return pino(options, pino.destination({ dest: 2, sync: true }));
  return pino(options, { write: (line: string) => void process.stderr.write(readableLine(line)) });
}

function readableLine(line: string): string {
  const { time, level, msg, simulated } = JSON.parse(line) as Record<string, unknown>;
  const mark = level === 'info' ? '' : `${String(level)}: `;
  return `${String(time).slice(11, 19)}Z ${simulated ? '(simulated) ' : ''}${mark}${terminalEntry(printableLines(String(msg)))}\n`;
}
