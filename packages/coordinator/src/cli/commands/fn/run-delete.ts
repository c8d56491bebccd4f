import { count } from '@vhive/base/count';
import { VhiveError } from '@vhive/shared';
import { connectCluster } from '../../../functions/connect.ts';
import { deleteFunctions, meantFunctions } from '../../../functions/delete-functions.ts';
import type { CliContext } from '../../context.ts';
import { withInterrupt } from '../../interrupt.ts';
import type { CliIo } from '../../io.ts';
import type { Flags } from '../../options/command-options.ts';
import { noFunction } from './run-describe.ts';

/** Deletes functions, and waits until they are gone. Names that there are not are an error, after the others are gone. */
export async function runDelete(
  words: readonly string[],
  flags: Flags<'fn delete'>,
  { io }: CliContext,
): Promise<void> {
  if ((words.length === 0) !== (flags.all === true))
    throw new VhiveError({
      code: 'usage',
      message: flags.all ? '--all and names exclude each other' : 'which functions? none was named',
      hint: 'vhive-coord fn delete NAME..., or vhive-coord fn delete --all',
    });
  await withInterrupt(io, async (signal) => {
    const cluster = await connectCluster(flags, io.env, signal);
    const { api, namespace } = cluster;
    const { names, missing } = await meantFunctions(api, namespace, flags.all ? undefined : words, signal);
    if (names.length === 0 && missing.length === 0)
      return io.tell(`there are no functions in namespace ${namespace}: nothing to delete`);
    if (names.length > 0) await deleteAll(names, flags, cluster, io, signal);
    if (missing.length > 0) throw await noFunction(missing, cluster, signal);
  });
}

async function deleteAll(
  names: readonly string[],
  { wait, timeout }: Flags<'fn delete'>,
  { api, namespace }: { api: Parameters<typeof meantFunctions>[0]; namespace: string },
  io: CliIo,
  signal: AbortSignal,
): Promise<void> {
  io.tell(`deleting ${count(names.length, 'function')} of namespace ${namespace}`);
  const limit = AbortSignal.timeout(timeout * 1000);
  const left = new Set(names);
  const onDeleted = (name: string) => {
    left.delete(name);
    io.line({ type: 'function-deleted', name, namespace });
    io.say(wait ? `${name} is gone` : `${name} is being deleted`);
  };
  try {
    const failures = await deleteFunctions(names, {
      api,
      namespace,
      wait,
      onDeleted,
      signal: AbortSignal.any([signal, limit]),
    });
    if (failures.length === 0) return;
    throw new VhiveError({
      code: 'step-failed',
      message: `could not be deleted:\n  ${failures.map(({ name, reason }) => `${name}: ${reason}`).join('\n  ')}`,
      hint: `kubectl -n ${namespace} get ksvc,revisions,pods`,
    });
  } catch (error) {
    if (signal.aborted) io.tell(`what was begun goes on by itself; not gone yet: ${[...left].join(', ') || 'none'}`);
    if (signal.aborted || !limit.aborted) throw error;
    throw new VhiveError({
      code: 'timeout',
      message: `not gone within ${timeout} s: ${[...left].join(', ')}`,
      hint: `what was begun goes on by itself: kubectl -n ${namespace} get ksvc,revisions,pods`,
    });
  }
}
