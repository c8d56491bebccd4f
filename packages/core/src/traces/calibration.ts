import { VhiveError } from '@vhive/shared';

/** How the iterations per millisecond of a cluster are measured. */
export const calibration = {
  /** The iterations per millisecond that the measured function takes: those of CloudLab's xl170, invitro's constant. */
  iterationsPerMs: 102,
  /** How long each call asks the function to be busy, in milliseconds. */
  runtimeMs: 500,
  /** So many calls are measured, after one that is not: the first finds cold caches. */
  calls: 8,
};

/**
 * Returns how many iterations keep a function busy for a millisecond on the nodes of this cluster, at least 1, by how long
 * it was busy in milliseconds with {@link calibration}. The median counts, so that a call beside other work does not.
 */
export function iterationsPerMs(measuredMs: readonly number[]): number {
  const sorted = measuredMs.filter((value) => value > 0).sort((a, b) => a - b);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined)
    throw new VhiveError({
      code: 'step-failed',
      message: 'no call of the calibration said how long its function was busy',
      hint: '--iterations says how many iterations keep a function busy for a millisecond: 102 on CloudLab’s xl170',
    });
  return Math.max(1, Math.round((calibration.iterationsPerMs * calibration.runtimeMs) / middle));
}
