import { readFileSync } from 'node:fs';

/** So many files and sockets are left for everything but calls. */
const RESERVED = 64;
/** More calls at once are of no use to anybody, and each takes memory. */
const MOST_IN_FLIGHT = 50_000;
/** Where the system does not tell its limit. */
const USUAL_LIMIT = 1_024;

/** How many calls may be in flight at once, when each may take a connection: what the limit on open files leaves. */
export function mostCallsInFlight(): number {
  return Math.max(1, Math.min(MOST_IN_FLIGHT, openFilesLimit() - RESERVED));
}

function openFilesLimit(): number {
  try {
    const line = /^Max open files +(\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return line === 'unlimited' ? Number.POSITIVE_INFINITY : Number(line) || USUAL_LIMIT;
  } catch {
    return USUAL_LIMIT;
  }
}
