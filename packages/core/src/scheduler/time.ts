/*
 * The only two places of the scheduler that touch Date, both pure: they turn the time of an event into a number and
 * back. Lint forbids Date everywhere else here, so nothing can ask what time it is.
 */

/** Milliseconds since 1970 of an ISO 8601 time. */
export function millisecondsOf(iso: string): number {
  // biome-ignore lint/style/noRestrictedGlobals: parses, does not read a clock
  return Date.parse(iso);
}

/** ISO 8601 with milliseconds, UTC. */
export function isoOf(milliseconds: number): string {
  // biome-ignore lint/style/noRestrictedGlobals: formats, does not read a clock
  return new Date(milliseconds).toISOString();
}
