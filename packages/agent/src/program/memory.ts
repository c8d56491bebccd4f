import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Collects the garbage that starting or working has left behind and gives its memory back. V8 collects garbage only
 * when it allocates, so an agent that only waits would keep it for months.
 */
function returnMemory(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: { type: 'major'; flavor: 'last-resort' }) => void;
  collect({ type: 'major', flavor: 'last-resort' });
}

/** An agent without work for this many milliseconds counts as idle, so that nothing is collected between two steps. */
const IDLE_MS = 3_000;
let timer: NodeJS.Timeout | undefined;

/** Gives memory back once this function has not been called again for a while. */
export function returnMemorySoon(): void {
  clearTimeout(timer);
  timer = setTimeout(returnMemory, IDLE_MS).unref();
}
