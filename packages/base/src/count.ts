/** Writes a number of things: `1 file`, `2 files`. */
export function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`;
}
