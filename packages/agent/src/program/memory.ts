import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Gives back what starting or working has left behind. V8 collects garbage when it allocates; an agent that only waits would keep
 * it for months.
 */
function returnMemory(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: 'major'; flavor: 'last-resort' }) => void;
  collect({ type: 'major', flavor: 'last-resort' });
}

/** Without work for this long the agent counts as idle, milliseconds: between two steps nothing is collected. */
const IDLE_MS = 3_000;
let timer: NodeJS.Timeout | undefined;

/** Gives memory back a while after the last call. */
export function returnMemorySoon(): void {
  clearTimeout(timer);
  timer = setTimeout(returnMemory, IDLE_MS).unref();
}
