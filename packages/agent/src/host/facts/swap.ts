import { readText } from './read-text.ts';

/** Bytes of swap in use as swap space (not how much of it is filled). */
export async function swapBytes(): Promise<number> {
  const lines = ((await readText('/proc/swaps')) ?? '').split('\n').slice(1);
  // Columns: file name, type, size in KiB, used, priority.
  return lines.reduce((sum, line) => sum + (Number(line.trim().split(/\s+/).at(-3)) || 0) * 1024, 0);
}
