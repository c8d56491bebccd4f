const unitSeconds = { s: 1, m: 60, h: 3600, d: 86_400 } as const;
const pattern = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/;

/** The form of durations on the command line, for help texts. */
export const DURATION_FORM = 'such as 90s, 30m, 1h30m or 7d';

/**
 * Reads a duration such as `90s`, `30m`, `1h30m` or `7d` and returns its seconds. A duration consists of whole numbers,
 * each with its unit, the largest unit first. The result is undefined when the text is no duration or is zero. A number
 * without a unit is no duration, because nobody could tell which unit it means.
 */
export function parseDuration(text: string): number | undefined {
  const match = pattern.exec(text.trim().toLowerCase());
  if (!match || text.trim() === '') return undefined;
  const [, d, h, m, s] = match.map((part) => Number(part ?? 0));
  const seconds =
    (d ?? 0) * unitSeconds.d + (h ?? 0) * unitSeconds.h + (m ?? 0) * unitSeconds.m + (s ?? 0) * unitSeconds.s;
  return Number.isSafeInteger(seconds) && seconds > 0 ? seconds : undefined;
}

/** Writes a duration, given in seconds, for a sentence: `0.4 s`, `12 s`, `4 min 12 s`, `1 h 2 min`. */
export function describeDuration(seconds: number): string {
  if (seconds < 10) return `${(Math.round(seconds * 10) / 10).toString()} s`;
  const whole = Math.round(seconds);
  const h = Math.floor(whole / 3600);
  const m = Math.floor((whole % 3600) / 60);
  if (h > 0) return m === 0 ? `${h} h` : `${h} h ${m} min`;
  if (m === 0) return `${whole} s`;
  return whole % 60 === 0 ? `${m} min` : `${m} min ${whole % 60} s`;
}

/** Writes an elapsed time, given in seconds, in few characters and so that it cannot be taken for a clock: `7s`, `2m39s`, `1h02m`. */
export function elapsedText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const h = Math.floor(whole / 3600);
  const m = Math.floor((whole % 3600) / 60);
  if (h >= 48) return `${Math.floor(h / 24)}d${two(h % 24)}h`;
  if (h > 0) return `${h}h${two(m)}m`;
  return m > 0 ? `${m}m${two(whole % 60)}s` : `${whole}s`;
}

/** Writes the time of day with its zone, as `journalctl --utc` has it: `12:56:14Z`. */
export function clockText(time: Date): string {
  return `${time.toISOString().slice(11, 19)}Z`;
}
