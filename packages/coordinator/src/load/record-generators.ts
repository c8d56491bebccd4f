import { LoadTally } from '@vhive/base/load/load-tally';
import type { Sample } from '@vhive/base/load/sample';
import { type LoadTotals, type Schedule, VERSION } from '@vhive/shared';
import { type KnownReadiness, StartsTally, withStart } from './load-starts.ts';
import { type GeneratedSamples, mergedByEnd } from './merge-by-end.ts';
import { ResultFiles, type ResultNames } from './result-files.ts';

/** What the agent of a node has sent. */
export interface Generated extends GeneratedSamples<Sample> {
  /** Its own totals. */
  totals: LoadTotals;
  /** When its load began by the coordinator's clock, milliseconds since 1970. */
  startedAtMs: number;
  /** How far it took its clock to be ahead of the coordinator's, milliseconds. */
  clockOffsetMs: number;
}

/** A load that several generators have sent. */
export interface GeneratedLoad {
  schedule: Schedule;
  /** In the order of their shares. */
  generators: readonly Generated[];
  names: ResultNames;
  /** What was asked for, for results.json. */
  asked: object;
  /** How the pods of the endpoints stood until a while after the load; absent: nobody knows. */
  readiness?: KnownReadiness | undefined;
  /** What is kept of a call. */
  keptOf(sample: Sample): Sample;
  onSample(sample: Sample, node: string): void;
}

/**
 * Makes one result of what several generators have sent: the files and totals that one generator would have made. Times
 * are since the common start. `finish` gives the files their names, and returns their paths.
 */
export async function recordGenerators(
  load: GeneratedLoad,
): Promise<{ totals: LoadTotals; finish: () => Promise<string[]> }> {
  const { schedule, generators, names, asked, readiness } = load;
  const files = await ResultFiles.open(names, schedule.endpoints);
  try {
    const tally = new LoadTally();
    const starts = new StartsTally();
    const common = Math.min(...generators.map(({ startedAtMs }) => startedAtMs));
    for await (const { node, sample } of mergedByEnd(generators)) {
      const kept = load.keptOf(readiness ? withStart(sample, common, readiness) : sample);
      starts.add(kept);
      tally.add(kept);
      files.add(kept, node);
      load.onSample(kept, node);
    }
    const sum = (key: 'planned' | 'mostInFlight' | 'connections') =>
      generators.reduce((total, { totals }) => total + totals[key], 0);
    const sent = tally.totals({
      planned: sum('planned'),
      plannedMs: plannedMs(schedule, generators),
      warmUpMs: schedule.warmUpMs ?? 0,
      interrupted: false,
      mostInFlight: sum('mostInFlight'),
      connections: sum('connections'),
    });
    const totals = { ...sent, ...(readiness && { starts: starts.summary() }) };
    const said = {
      program: { version: VERSION, node: process.version },
      startedAt: new Date(common).toISOString(),
      arguments: asked,
      schedule: { ...schedule, shots: undefined },
      generators: generators.map(({ samples: _, startedAtMs, ...told }) => ({
        ...told,
        startedAt: new Date(startedAtMs).toISOString(),
      })),
    };
    return { totals, finish: () => files.finish(totals, said) };
  } catch (error) {
    await files.discard();
    throw error;
  }
}

function plannedMs({ durationMs, warmUpMs = 0 }: Schedule, generators: readonly Generated[]): number {
  if (durationMs !== undefined) return durationMs - warmUpMs;
  return Math.max(...generators.map(({ totals }) => (totals.planned / totals.askedRps) * 1000 || 0));
}
