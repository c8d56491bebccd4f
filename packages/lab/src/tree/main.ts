import { parseArgs } from 'node:util';
import { exitCodeOf, VhiveError } from '@vhive/shared';
import { ensureLabMirror } from './index.ts';

const usage = "Usage: node main.ts --cache DIR      builds the lab's mirror tree in DIR/lab/mirror";

/** Builds the lab's mirror tree alone, and prints as JSON where it is and what it holds. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { cache: { type: 'string' } } });
  if (values.cache === undefined)
    throw new VhiveError({ code: 'usage', message: 'the option --cache is missing', hint: usage });
  const stop = new AbortController();
  // The listeners stay after the first signal, because execa's clean-up ends the process itself when no listener is
  // left.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => stop.abort(new Error(name)));
  const startedAt = performance.now();
  const mirror = await ensureLabMirror({
    cacheDir: values.cache,
    signal: stop.signal,
    log: (line) => console.error(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${line}`),
  });
  console.log(JSON.stringify(mirror, undefined, 2));
}

try {
  await main();
} catch (error) {
  if (!(error instanceof VhiveError)) throw error;
  console.error(`vhive: ${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}`);
  process.exitCode = exitCodeOf(error.code);
}
