/** Longest part of a line that a difference shows, characters. */
const SHOWN = 80;

const shown = (line: string | undefined) =>
  line === undefined ? '(end)' : JSON.stringify(line.length > SHOWN ? `${line.slice(0, SHOWN)}...` : line);

/** The first line in which two texts differ, for a person: `line 3 "a" becomes "b"`. */
export function firstDifference(before: string, after: string): string {
  const [old, wanted] = [before.split('\n'), after.split('\n')];
  const index = wanted.findIndex((line, at) => line !== old[at]);
  const at = index === -1 ? wanted.length : index;
  return `line ${at + 1} ${shown(old[at])} becomes ${shown(wanted[at])}`;
}
