import type { CliIo } from '../io.ts';
import { jsonReporter } from './json-reporter.ts';
import { plainReporter } from './plain-reporter.ts';
import type { Reporter } from './reporter.ts';

/** Chooses JSON lines when they were asked for, a moving picture on a terminal, and otherwise one line per event. */
export async function chooseReporter(io: CliIo): Promise<Reporter> {
  if (io.json) return jsonReporter(io, plainReporter(io.stderr, io.style, io.startedAt));
  if (!io.stdout.isTTY || io.env.TERM === 'dumb' || (io.env.CI ?? '') !== '')
    return plainReporter(io.stdout, io.style, io.startedAt);
  const { liveReporter } = await import('./live-reporter.ts');
  return liveReporter(io);
}
