import { COORDINATOR, nearestKey, type StatusView, VhiveError } from '@vhive/shared';

/** So many names are listed where none is near. */
const MOST_NAMES = 20;

/** Throws `usage` for the first name that is not among the known ones, with the nearest of them. */
export function checkNames(what: 'node' | 'phase', names: readonly string[], known: readonly string[]): void {
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const nearest = nearestKey(unknown, known);
  const some = known.slice(0, MOST_NAMES).join(', ');
  const list = known.length > MOST_NAMES ? `${some} and ${known.length - MOST_NAMES} more` : some;
  throw new VhiveError({
    code: 'usage',
    message: `there is no ${what} ${unknown}`,
    hint: nearest === undefined ? `there are ${list}` : `did you mean ${nearest}?`,
  });
}

/** The names of all that a run had steps for, and of all nodes that there are now. */
export function executorsOf({ nodes, run }: Pick<StatusView, 'nodes' | 'run'>): string[] {
  return [...new Set([...(run?.nodes ?? []), ...nodes].map(({ name }) => name)), COORDINATOR];
}
