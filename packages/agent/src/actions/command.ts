import type { Params } from '@vhive/shared';
import type { Action, ActionContext } from './kit/action.ts';
import { commandFailed } from './kit/failures.ts';

/** Whether the guard says that nothing needs doing. */
async function isDone({ guard, environment }: Params<'command'>, { host, signal }: ActionContext): Promise<boolean> {
  if (guard.type === 'exists') return (await host.stat(guard.path)) !== undefined;
  const result = await host.run(guard.argv, { signal, environment });
  if (guard.type === 'succeeds') return result.exitCode === 0;
  return `${result.stdout}\n${result.stderr}`.includes(guard.text);
}

/** `command` */
export const command: Action<'command'> = {
  async check(params, context, applied) {
    if (await isDone(params, context)) return { converged: true, outputs: applied ?? {} };
    return { converged: false, changes: [`runs: ${params.argv.join(' ')}`] };
  },
  async apply(params, context) {
    const result = await context.host.run(params.argv, { ...context.streamed, environment: params.environment });
    if (result.exitCode !== 0) throw commandFailed(params.argv.join(' '), result);
    return { stdout: result.stdout };
  },
};
