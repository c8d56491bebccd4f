import type { CommandResult } from '../../host/host.ts';
import type { ActionContext } from '../action.ts';
import { commandFailed } from '../failures.ts';

const JOURNAL_LINES = 20;

/** The last lines of a unit's journal. */
export async function journal({ host }: ActionContext, unit: string): Promise<string[]> {
  const result = await host.run(['journalctl', '-u', unit, '-n', String(JOURNAL_LINES), '--no-pager', '-o', 'cat']);
  return result.exitCode === 0 ? result.stdout.trim().split('\n') : [];
}

/** Runs systemctl; a failure carries the unit's journal where one is named. */
export async function systemctl(context: ActionContext, args: string[], unit?: string): Promise<CommandResult> {
  const result = await context.host.run(['systemctl', ...args], context.streamed);
  if (result.exitCode !== 0)
    throw commandFailed(`systemctl ${args.join(' ')}`, result, {
      ...(unit === undefined ? {} : { lastLines: await journal(context, unit), hint: `journalctl -u ${unit} -n 50` }),
    });
  return result;
}
