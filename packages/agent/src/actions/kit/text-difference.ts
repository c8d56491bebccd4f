/** A difference shows at most this many characters of a line. */
const SHOWN = 80;

const shown = (line: string | undefined) =>
  line === undefined ? '(end)' : JSON.stringify(line.length > SHOWN ? `${line.slice(0, SHOWN)}...` : line);

/** Tells for a person the first line in which two texts differ: `line 3 "a" becomes "b"`. */
export function firstDifference(before: string, after: string): string {
  const [old, wanted] = [before.split('\n'), after.split('\n')];
  const found = wanted.findIndex((line, index) => line !== old[index]);
  const index = found === -1 ? wanted.length : found;
  return `line ${index + 1} ${shown(old[index])} becomes ${shown(wanted[index])}`;
}
