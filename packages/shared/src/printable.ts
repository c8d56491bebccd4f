/**
 * Characters that do something to a terminal, or to the text around them, instead of showing themselves: control
 * characters, marks of direction, joiners, halves of characters, and separators of lines.
 */
const silent = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/**
 * Returns a text in one line that shows everything which is in it: what a terminal would obey is written out, as `\n`,
 * `\x1b` or `\u202e`. For names and values that come from other hosts, from strangers or from files.
 */
export function printable(text: string): string {
  return text.replaceAll(silent, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    return (
      short[character] ??
      (code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u${code < 0x10000 ? hex.padStart(4, '0') : `{${hex}}`}`)
    );
  });
}

/**
 * Does the same as {@link printable} with a text of several lines. Line breaks and tabs stay, so a reader must see by
 * other means, such as an indent, where the text ends.
 */
export function printableLines(text: string): string {
  return text.replaceAll(silent, (character) =>
    character === '\n' || character === '\t' ? character : printable(character),
  );
}

/** Returns the value with {@link printableLines} in place of every string in it, the names of fields included. */
export function printableValue<T>(value: T): T {
  if (typeof value === 'string') return printableLines(value) as T;
  if (Array.isArray(value)) return value.map(printableValue) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [printable(name), printableValue(inner)]),
  ) as T;
}

/** What sets colours and weights, which this program itself writes, or any character that does not show itself. */
const colourOrSilent = /\p{Cc}(\[[0-9;]*m)|[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Returns an entry of what a program says on a terminal or in a text log. Colours and tabs in it stay. Its further lines
 * are indented, so that none of them can look like an entry of its own, and the rest is as {@link printable} shows it.
 */
export function terminalEntry(text: string): string {
  return text.replaceAll(colourOrSilent, (found, sequence: string | undefined) => {
    if (found === '\t' || found.startsWith('\u001b[')) return found;
    const character = sequence === undefined ? found : found.slice(0, -sequence.length);
    return `${character === '\n' ? '\n    ' : printable(character)}${sequence ?? ''}`;
  });
}

/** Returns JSON in which what a terminal would obey is written as JSON's own escapes. Its value is the same. */
export function printableJson(json: string): string {
  return json.replaceAll(silent, (found) =>
    Array.from({ length: found.length }, (_, at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
      '',
    ),
  );
}
