import { unpackShots } from '@vhive/base/load/packed-shots';
import { runLoad } from '@vhive/base/load/run-load';
import { SampleFile } from '@vhive/base/load/sample-file';
import { makeSchedule } from '@vhive/core/load/make-schedule';
import { shareOf } from '@vhive/core/load/share';
import {
  defined,
  durationOf,
  type LoadProgress,
  type LoadTotals,
  messageOf,
  type Shot,
  VhiveError,
} from '@vhive/shared';
import type { GeneratorOrder } from '../host/generator-order.ts';

/**
 * Sends a share of a load, and writes what becomes of each call into a file. Rejects where the load cannot begin in time,
 * and where the file cannot be written. After an abort the totals are of what was sent.
 */
export async function generate(
  order: GeneratorOrder,
  onProgress: (progress: LoadProgress) => void,
  signal: AbortSignal,
): Promise<LoadTotals> {
  const { sending, share, targets, startAt, calls } = order;
  const { mostInFlight, ...how } = calls;
  const full = new AbortController();
  const file = SampleFile.open(order.results, (cause) => full.abort(cause));
  const totals = await runLoad({
    ...how,
    ...defined({ mostInFlight }),
    ...{ endpoints: targets, startAt, onProgress, signal: AbortSignal.any([full.signal, signal]) },
    shots: shareOf(shotsOf(order), share),
    warmUpMs: sending.warmUpMs,
    durationMs: durationOf(sending),
    onSample: (sample) => file.add({ ...sample, index: sample.index * share.generators + share.generator }),
  });
  try {
    await file.finish();
  } catch (cause) {
    throw new VhiveError({
      code: 'step-failed',
      message: `the results cannot be written to ${order.results}: ${messageOf(cause)}`,
      hint: 'is there room? df -h tells',
      cause,
    });
  }
  return totals;
}

/** The shots of the whole load. */
function shotsOf({ sending, targets }: GeneratorOrder): Iterable<Shot> {
  if (sending.from === 'shots') return unpackShots(sending, targets.length);
  return makeSchedule({ ...sending, endpoints: targets.map(({ name }) => name) }).shots;
}
