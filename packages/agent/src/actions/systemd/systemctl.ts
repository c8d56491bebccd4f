import type { CommandResult } from '../../host/host.ts';
import type { ActionContext } from '../kit/action.ts';
import { commandFailed, failed, lastLines } from '../kit/failures.ts';

const JOURNAL_LINES = 20;

/** Returns the last lines of a unit's journal. */
export async function journal({ host }: ActionContext, unit: string): Promise<string[]> {
  const result = await host.run(['journalctl', '-u', unit, '-n', String(JOURNAL_LINES), '--no-pager', '-o', 'cat']);
  return result.exitCode === 0 ? result.stdout.trim().split('\n') : [];
}

/** The lines in which systemd itself speaks about a unit, unlike those of the service. */
const aboutTheUnit = /^(Starting|Started|Stopping|Stopped|Finished|Failed to start|Reload|Scheduled|\S+\.\w+: )/;

/** Runs systemctl. When a unit is named, a failure carries the lines of its journal. */
export async function systemctl(context: ActionContext, args: string[], unit?: string): Promise<CommandResult> {
  const result = await context.host.run(['systemctl', ...args], context.streamed);
  if (result.exitCode === 0) return result;
  if (unit === undefined) throw commandFailed(`systemctl ${args.join(' ')}`, result);
  const lines = await journal(context, unit);
  const says = lines.filter((line) => !aboutTheUnit.test(line)).at(-1);
  throw failed(`systemctl ${args.join(' ')} failed${says ? `; the service says: ${says}` : ''}`, {
    lastLines: lines.length > 0 ? lines : lastLines(result),
    hint: `journalctl -u ${unit} -n 50`,
  });
}

/**
 * Makes systemd forget how often it restarted a unit until now. Whoever asks later, as the last look does, hears of
 * those restarts that were not meant to be. It is no reason to fail when systemd does not do it.
 */
export async function forgetRestarts({ host, signal }: ActionContext, unit: string): Promise<void> {
  await host.run(['systemctl', 'reset-failed', unit], { signal });
}
