import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';

const graphemes = new Intl.Segmenter();
/** Text whose every character is one column wide. Most text is, and to know that is cheap. */
const plainAscii = /^[ -~]*$/;

/** Returns how many columns a text takes on a terminal: letters of two columns, accents and colours count right. */
export function widthOf(text: string): number {
  return plainAscii.test(text) ? text.length : stringWidth(text);
}

/** Cuts a text without colours to `width` columns, of which the last one is then an ellipsis. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width <= 1) return firstColumns(text, Math.max(0, width));
  return `${firstColumns(text, width - 1).trimEnd()}…`;
}

function firstColumns(text: string, width: number): string {
  if (plainAscii.test(text)) return text.slice(0, width);
  let taken = '';
  let left = width;
  for (const { segment } of graphemes.segment(text)) {
    left -= stringWidth(segment);
    if (left < 0) break;
    taken += segment;
  }
  return taken;
}

/**
 * Breaks a text between words into lines of at most `width` columns. Only a word that is longer than a line is broken
 * itself. Lines after the first begin with `indent`. The text's own line breaks stay.
 */
export function wrapped(text: string, width: number, indent = ''): string[] {
  if (!Number.isFinite(width)) return text.split('\n').map((line, index) => (index === 0 ? line : indent + line));
  const room = Math.max(1, width - widthOf(indent));
  return text.split('\n').flatMap((line, index) => {
    const own = /^ */.exec(line)?.[0] ?? '';
    const lines = wrapAnsi(line.slice(own.length), Math.max(1, room - own.length), { hard: true }).split('\n');
    return lines.map((part, position) => `${index + position > 0 ? indent : ''}${own}${part}`.trimEnd());
  });
}
