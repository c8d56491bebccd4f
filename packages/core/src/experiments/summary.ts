import { type LoadTotals, loadTotals } from '@vhive/shared';
import * as z from 'zod';
import { type MedianInterval, medianInterval } from './statistics.ts';

const trialUsage = z.object({
  agents: z.array(z.string()).describe('The nodes whose agents told it, once per second.'),
  kubelets: z.array(z.string()).describe('The nodes whose kubelets told it, every ten seconds or so.'),
  missing: z.array(z.string()).describe('Why agents did not tell it, by node or as a whole.'),
});

/** Who told what nodes used during a trial. */
export type TrialUsage = z.infer<typeof trialUsage>;

/** What a trial has measured: the content of trial.json in its folder. */
export const trialRecord = z.object({
  version: z.literal(1),
  id: z.string(),
  point: z.string().describe('The point that was measured, such as p03.'),
  values: z.record(z.string(), z.json()).describe('The values of the fields that the sweep changes.'),
  repetition: z.int(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  seed: z.int().describe('The seed of the load.'),
  resetSeconds: z.number().describe('How long it took to bring the functions to the state that was asked for.'),
  podsBefore: z.int().describe('The pods of the functions when the load began.'),
  podsMost: z.int().describe('The most pods that were there at once while it lasted.'),
  usage: trialUsage.optional().describe('Who told what is in usage.csv; absent where nobody was asked.'),
  complaints: z.array(z.string()).describe('What could not be collected or reached.'),
  totals: loadTotals,
});

/** See {@link trialRecord}. */
export type TrialRecord = z.infer<typeof trialRecord>;

/** A figure of a trial that is compared. */
export interface Metric {
  key: string;
  title: string;
  unit: string;
  /** What is better. */
  better: 'less' | 'more';
  /** Undefined where the trial has no such figure, as without an answer there is no latency. */
  of(trial: Pick<TrialRecord, 'totals' | 'podsMost'>): number | undefined;
}

const latencyOf = (key: 'p50' | 'p90' | 'p99' | 'mean' | 'max', title: string): Metric => ({
  ...{ key, title, unit: 'ms', better: 'less' },
  of: ({ totals: { fromIntended } }) => (fromIntended.count === 0 ? undefined : fromIntended[key]),
});

const failedShare = ({ errors, timeouts, planned }: LoadTotals) => (100 * (errors + timeouts)) / planned;

/** The figures of a report, in its order. Latencies are from the intended time. */
export const metrics: readonly Metric[] = [
  latencyOf('p50', 'median latency'),
  latencyOf('p90', '90th percentile'),
  latencyOf('p99', '99th percentile'),
  latencyOf('mean', 'mean latency'),
  latencyOf('max', 'longest'),
  { key: 'rps', title: 'answered', unit: '1/s', better: 'more', of: ({ totals }) => totals.observedRps },
  {
    ...{ key: 'failed', title: 'failed', unit: '%', better: 'less' },
    of: ({ totals }) => (totals.planned === 0 ? undefined : failedShare(totals)),
  },
  { key: 'pods', title: 'most pods', unit: '', better: 'less', of: ({ podsMost }) => podsMost },
];

/** What the trials of a point say together. */
export interface PointSummary {
  point: string;
  values: TrialRecord['values'];
  trials: readonly TrialRecord[];
  /** By the key of the metric; a metric that no trial has is absent. */
  figures: ReadonlyMap<string, MedianInterval>;
}

/** Puts the trials of each point together, in the order of the points. */
export function summarise(trials: readonly TrialRecord[]): PointSummary[] {
  const groups = Map.groupBy(trials, ({ point }) => point);
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([point, members]) => ({
      ...{ point, values: members[0]?.values ?? {} },
      trials: members.toSorted((a, b) => a.repetition - b.repetition),
      figures: new Map(
        metrics.flatMap(({ key, of }) => {
          const measured = members.map(of).filter((value) => value !== undefined);
          return measured.length === 0 ? [] : [[key, medianInterval(measured)] as const];
        }),
      ),
    }));
}

/** How a figure of one experiment compares to that of another. */
export interface Difference {
  /** By how many per cent it is more; undefined where the other is 0. */
  percent: number | undefined;
  /** Whether their intervals have nothing in common, so that the difference is hardly chance; undefined without intervals. */
  clear: boolean | undefined;
}

/** Compares a figure to another. */
export function differenceOf(figure: MedianInterval, other: MedianInterval): Difference {
  const percent = other.median === 0 ? undefined : (100 * (figure.median - other.median)) / other.median;
  if (figure.interval === undefined || other.interval === undefined) return { percent, clear: undefined };
  const [low, high] = figure.interval;
  const [otherLow, otherHigh] = other.interval;
  return { percent, clear: low > otherHigh || otherLow > high };
}
