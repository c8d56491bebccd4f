import { execFile } from 'node:child_process';

/** How many processes are started to measure. The quickest counts, because other work only ever makes one slower. */
const STARTS = 15;

/** What the quickest start of a process may take on a host that counts as usual, in milliseconds. Bare hosts need 1 to 3. */
const USUAL_MS = 10;

/** What a host is compared with when it needs more than that, in milliseconds. */
const REFERENCE_MS = 5;

/** The most that time limits are stretched. */
const MOST = 10;

/**
 * Returns how many times slower than a usual host a host is, by the time that its quickest start of a process took: a
 * whole number from 1, which hosts have on bare metal and in virtual machines, to 10. Software emulation gives 4 to 10.
 */
export function slowdownOf(startMs: number): number {
  return startMs <= USUAL_MS ? 1 : Math.min(MOST, Math.ceil(startMs / REFERENCE_MS));
}

let measured: Promise<number> | undefined;

/** Measures {@link slowdownOf} this host, once in the life of the agent. It starts `true` a few times. */
export function slowdown(): Promise<number> {
  measured ??= quickestStart().then(slowdownOf);
  return measured;
}

async function quickestStart(): Promise<number> {
  let quickest = Number.POSITIVE_INFINITY;
  for (let start = 0; start < STARTS; start += 1) {
    const from = performance.now();
    const started = await new Promise<boolean>((resolve) => execFile('true', (error) => resolve(error === null)));
    if (!started) return 0;
    quickest = Math.min(quickest, performance.now() - from);
  }
  return quickest;
}
