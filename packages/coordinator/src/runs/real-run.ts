import type { RunEventOf } from '@vhive/shared';

/**
 * Whether a run brings up the cluster. Neither a dry run nor a job does: they take no run's place, so that the newest real
 * run stays the one that is shown, resumed, retried and remembered.
 */
export function isReal({ mode, job }: Pick<RunEventOf<'run.created'>, 'mode' | 'job'>): boolean {
  return mode === 'apply' && job === undefined;
}

/** What a run is to people. */
export function kindOf({ mode, job }: Pick<RunEventOf<'run.created'>, 'mode' | 'job'>): 'dry run' | 'job' | 'run' {
  if (mode === 'check') return 'dry run';
  return job === undefined ? 'run' : 'job';
}
