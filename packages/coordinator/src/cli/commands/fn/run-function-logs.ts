import { openPodLogs } from '@vhive/base/kubernetes/pod-log';
import { exitCodeOf } from '@vhive/shared';
import { connectCluster } from '../../../functions/connect.ts';
import { readFunctionLogs } from '../../../functions/follow-logs.ts';
import { functionsOf } from '../../../functions/function-view.ts';
import type { CliContext } from '../../context.ts';
import { withInterrupt } from '../../interrupt.ts';
import type { Flags } from '../../options/command-options.ts';
import { noFunction } from './run-describe.ts';

/** Prints, or follows, what a function prints. */
export async function runFunctionLogs(name: string, flags: Flags<'fn logs'>, { io }: CliContext): Promise<void> {
  await withInterrupt(io, async (signal) => {
    const cluster = await connectCluster(flags, io.env, signal);
    const { api, namespace, kubeconfig } = cluster;
    if ((await api.get({ ...functionsOf(namespace), name }, { signal })) === undefined)
      throw await noFunction([name], cluster, signal);
    const pods = await readFunctionLogs({
      ...{ api, namespace, name, signal, tail: flags.tail, follow: flags.follow ?? false },
      logs: await openPodLogs(kubeconfig),
      onLine: ({ pod, container, text }) => {
        if (io.json) io.line({ type: 'function-log', pod, container, text });
        else io.say(`${io.style.dim(pod)} ${text}`);
      },
      onTrouble: (text) => {
        io.result = {
          ...io.result,
          outcome: 'error',
          exitCode: exitCodeOf('step-failed'),
          code: 'step-failed',
          message: text,
        };
        io.line({ type: 'message', level: 'warning', text });
        io.note(text);
      },
    });
    if (pods > 0) return;
    const text = `${name} has no pods now, and so no output: it is scaled to zero, or not Ready (vhive-coord fn describe ${name})`;
    io.line({ type: 'message', level: 'info', text });
    io.note(text);
  });
}
