import { VhiveError } from '@vhive/shared';

/** Makes the error of an interrupt. It says whether the run goes on without this command, and how to get back to it. */
export function interruptedError(runId: string | undefined, attached: boolean): VhiveError {
  if (runId === undefined)
    return new VhiveError({
      code: 'interrupted',
      message: 'stopped before the run began: nothing was changed',
      hint: 'type the same command again',
    });
  if (attached)
    return new VhiveError({
      code: 'interrupted',
      message: `stopped watching run ${runId}; it goes on in the coordinator that was running already`,
      hint: 'watch it: vhive-coord status --watch; or type the same command again',
    });
  return new VhiveError({
    code: 'interrupted',
    message: `run ${runId} stands still; steps under way on the nodes finish by themselves`,
    hint: 'to resume it, type the same command again: finished steps are not done a second time',
  });
}
