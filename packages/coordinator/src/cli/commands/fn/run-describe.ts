import { nearestKey, VhiveError } from '@vhive/shared';
import { connectCluster, type FunctionCluster } from '../../../functions/connect.ts';
import { meantFunctions } from '../../../functions/delete-functions.ts';
import { describeFunction } from '../../../functions/function-details.ts';
import type { CliContext } from '../../context.ts';
import { withInterrupt } from '../../interrupt.ts';
import type { Flags } from '../../options/command-options.ts';
import { functionLines } from '../../render/function-table.ts';

/** Prints all of one function. Throws `step-failed` where there is none of that name. */
export async function runDescribe(name: string, flags: Flags<'fn describe'>, { io }: CliContext): Promise<void> {
  await withInterrupt(io, async (signal) => {
    const cluster = await connectCluster(flags, io.env, signal);
    const { api, namespace } = cluster;
    const details = await describeFunction(api, { name, namespace }, signal);
    if (details === undefined) throw await noFunction([name], cluster, signal);
    if (io.json) return io.line({ type: 'function-details', ...details });
    for (const line of functionLines(details, { width: io.width, now: new Date() }, io.style)) io.say(line);
  });
}

/** Makes the error about functions that are not there, with the name that was probably meant. */
export async function noFunction(
  names: readonly string[],
  { api, namespace }: FunctionCluster,
  signal: AbortSignal,
): Promise<VhiveError> {
  const { names: all } = await meantFunctions(api, namespace, undefined, signal);
  const near = nearestKey(names[0] ?? '', all);
  return new VhiveError({
    code: 'step-failed',
    message: `there is no function ${names.join(', ')} in namespace ${namespace}`,
    hint: near === undefined ? `vhive-coord fn ls --namespace ${namespace}` : `did you mean ${near}?`,
  });
}
