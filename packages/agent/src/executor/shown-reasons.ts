import { printable, REASONS } from '@vhive/shared';

/**
 * Returns reasons as they are sent: each in one printable line that is cut where it is too long, none twice, and no
 * more than a reader takes in; the last line says how many more there are.
 */
export function shownReasons(reasons: readonly string[]): string[] {
  const lines = [...new Set(reasons.map((reason) => cut(printable(reason.trim().replaceAll(/\s+/g, ' ')))))].filter(
    (line) => line !== '',
  );
  if (lines.length <= REASONS.most) return lines;
  const shown = lines.slice(0, REASONS.most - 1);
  return [...shown, `and ${lines.length - shown.length} more`];
}

function cut(text: string): string {
  if (text.length <= REASONS.length) return text;
  const short = text.slice(0, REASONS.length - 1);
  // Half of a character of two units must not be left over.
  return `${/[\uD800-\uDBFF]$/.test(short) ? short.slice(0, -1) : short}…`;
}
