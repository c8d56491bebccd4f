import { connectCluster } from '../../../functions/connect.ts';
import { listFunctions } from '../../../functions/function-view.ts';
import type { CliContext } from '../../context.ts';
import { withInterrupt } from '../../interrupt.ts';
import type { Flags } from '../../options/command-options.ts';
import { functionTable } from '../../render/function-table.ts';

/** Prints the functions of a namespace. */
export async function runList(flags: Flags<'fn ls'>, { io }: CliContext): Promise<void> {
  await withInterrupt(io, async (signal) => {
    const { api, namespace } = await connectCluster(flags, io.env, signal);
    const functions = await listFunctions(api, namespace, signal);
    for (const each of functions) io.line({ type: 'function', ...each });
    if (io.json) return;
    if (functions.length === 0)
      return io.say(`there are no functions in namespace ${namespace}; deploy one: vhive-coord fn deploy helloworld`);
    for (const line of functionTable(functions, { width: io.width, now: new Date() }, io.style)) io.say(line);
  });
}
