import { readText } from './read-text.ts';

/** Returns the total size of all swap areas that are switched on, in bytes; not how much of them is filled. */
export async function swapBytes(): Promise<number> {
  const lines = ((await readText('/proc/swaps')) ?? '').split('\n').slice(1);
  // The columns are: file name, type, size in KiB, used, priority.
  return lines.reduce((sum, line) => sum + (Number(line.trim().split(/\s+/).at(-3)) || 0) * 1024, 0);
}
