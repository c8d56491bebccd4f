/*
 * These two functions are the only ones in the scheduler that touch Date. Both are pure: they turn the time of an event
 * into a number and back. Lint forbids Date everywhere else here, so that nothing can ask what time it is.
 */

/** Converts an ISO 8601 time into milliseconds since 1970. */
export function millisecondsOf(iso: string): number {
  // biome-ignore lint/style/noRestrictedGlobals: parses, does not read a clock
  return Date.parse(iso);
}

/** The end of the year 9999, the last time that the form with four digits can say: milliseconds since 1970. */
const LAST = 253_402_300_799_999;

/**
 * Converts milliseconds since 1970 into an ISO 8601 time with milliseconds, in UTC. Times after the year 9999 become its
 * end: a wait that long is a wait for ever.
 */
export function isoOf(milliseconds: number): string {
  // biome-ignore lint/style/noRestrictedGlobals: formats, does not read a clock
  return new Date(Math.min(milliseconds, LAST)).toISOString();
}
