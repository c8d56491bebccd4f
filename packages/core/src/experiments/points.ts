import { VhiveError } from '@vhive/shared';
import type { Experiment } from './experiment-file.ts';
import type { Json } from './set-field.ts';

/** The values of the fields that a sweep changes, by their paths. */
export type PointValues = Readonly<Record<string, Json>>;

/** So many points are the most that an experiment may have; nobody waits for more. */
const MOST_POINTS = 10_000;

/** Returns the values of each point of a sweep, in the order of the file. Without a sweep there is one point. */
export function pointsOf({ mode, over }: Experiment['sweep']): PointValues[] {
  const fields = Object.entries(over);
  const points = mode === 'grid' ? gridOf(fields) : pairsOf(fields);
  if (points.length > MOST_POINTS) throw tooMany(points.length);
  return points;
}

type Fields = readonly (readonly [string, readonly Json[]])[];

const tooMany = (count: number) =>
  new VhiveError({
    code: 'usage',
    message: `sweep.over: there are ${count} points, and at most ${MOST_POINTS} are possible`,
  });

function gridOf(fields: Fields): PointValues[] {
  const count = fields.reduce((product, [, values]) => product * values.length, 1);
  if (count > MOST_POINTS) throw tooMany(count);
  return fields.reduce<PointValues[]>(
    (points, [path, values]) => points.flatMap((point) => values.map((value) => ({ ...point, [path]: value }))),
    [{}],
  );
}

function pairsOf(fields: Fields): PointValues[] {
  const [first] = fields;
  if (first === undefined) return [{}];
  const [path, values] = first;
  const other = fields.find(([, others]) => others.length !== values.length);
  if (other !== undefined)
    throw new VhiveError({
      code: 'usage',
      message: `sweep.over: ${path} has ${values.length} values and ${other[0]} has ${other[1].length}, so they make no pairs`,
      hint: 'give each field as many values, or set mode: grid for every combination',
    });
  return values.map((_, index) => Object.fromEntries(fields.map(([name, all]) => [name, all[index] ?? null])));
}

/** Writes the values of a point for people: `load.rps=10 cluster.sandbox=gvisor`. */
export function pointText(values: PointValues): string {
  const parts = Object.entries(values).map(
    ([path, value]) => `${path}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return parts.join(' ') || 'the only point';
}
