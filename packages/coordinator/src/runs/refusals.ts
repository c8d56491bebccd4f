import { type RunEventOf, VhiveError } from '@vhive/shared';

import { kindOf } from './real-run.ts';

type Created = RunEventOf<'run.created'>;

/** Returns the error of somebody who wants something of runs while this one is under way. */
export function isUnderWay(created: Created): VhiveError {
  const { runId } = created;
  return new VhiveError({
    code: 'refused',
    message: `${kindOf(created)} ${runId} is under way${created.job === undefined ? ' with another configuration, node list or set of options' : `: ${created.job}`}`,
    hint: `wait until it has ended (vhive-coord status --watch --run ${runId}), or end it: vhive-coord runs cancel ${runId}`,
  });
}

/** Returns the error of somebody who names a run that is not stored. */
export function unknownRun(runId: string): VhiveError {
  return new VhiveError({
    code: 'usage',
    message: `there is no run ${runId}`,
    hint: 'see the runs: vhive-coord runs ls',
  });
}

/** Returns the error of somebody who wants a run retried that is not the newest real one. */
const notRetried = {
  'dry run': 'it is a dry run, which changed nothing',
  job: 'it is a job, which is done anew by its own command',
  run: 'a newer run has taken its place',
} as const;

export function notNewest(created: Created): VhiveError {
  const { runId } = created;
  return new VhiveError({
    code: 'usage',
    message: `run ${runId} cannot be retried: ${notRetried[kindOf(created)]}`,
    hint: 'see the runs: vhive-coord runs ls',
  });
}
