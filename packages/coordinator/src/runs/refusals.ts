import { type RunEventOf, VhiveError } from '@vhive/shared';

type Created = RunEventOf<'run.created'>;

/** Returns the error of somebody who wants something of runs while this one is under way. */
export function isUnderWay({ runId, mode }: Created): VhiveError {
  const what = mode === 'check' ? 'dry run' : 'run';
  return new VhiveError({
    code: 'refused',
    message: `${what} ${runId} is under way with another configuration, node list or set of options`,
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
export function notNewest({ runId, mode }: Created): VhiveError {
  const why = mode === 'check' ? 'it is a dry run, which changed nothing' : 'a newer run has taken its place';
  return new VhiveError({
    code: 'usage',
    message: `run ${runId} cannot be retried: ${why}`,
    hint: 'see the runs: vhive-coord runs ls',
  });
}
