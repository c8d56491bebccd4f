import type { Experiment } from './experiment-file.ts';
import type { Point, ReadExperiment } from './read-experiment.ts';

/** One measurement of a point. */
export interface Trial {
  /** Names its folder: p03-r2 is the second measurement of the third point. */
  id: string;
  point: Point;
  /** Which repetition it is, from 1. */
  repetition: number;
}

/**
 * Returns the trials in the order in which they are measured. With `blocks`, the settings of the cluster come in an order
 * of chance, and within the same settings all trials do; so a cluster is changed as seldom as possible. `random` has the
 * numbers in [0, 1) by which it is drawn.
 */
export function trialsOf({ experiment, points }: ReadExperiment, random: () => number): Trial[] {
  const { repetitions, order } = experiment;
  const rounds = Array.from({ length: repetitions }, (_, index) => index + 1);
  const trials = rounds.flatMap((repetition) =>
    points.map((point) => ({ id: `${point.id}-r${repetition}`, point, repetition })),
  );
  if (order === 'as-written') return trials;
  if (order === 'random') return shuffled(trials, random);
  const blocks = Map.groupBy(trials, ({ point }) => clusterKey(point.settings));
  return shuffled([...blocks.values()], random).flatMap((block) => shuffled(block, random));
}

/** Writes the settings of the cluster so that equal ones are written equally. */
export function clusterKey({
  clusterFile,
  cluster,
  placement: { controlPlane },
}: Pick<Experiment, 'clusterFile' | 'cluster' | 'placement'>): string {
  return JSON.stringify([clusterFile ?? null, cluster ?? null, controlPlane ?? null], (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** Shuffles fairly (Fisher and Yates). */
function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const [a, b] = [result[last] as T, result[other] as T];
    result[last] = b;
    result[other] = a;
  }
  return result;
}
