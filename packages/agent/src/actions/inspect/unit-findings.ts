import type { Finding } from '@vhive/shared';
import type { ActionContext } from '../kit/action.ts';
import { journal } from '../systemd/systemctl.ts';
import { unitStatus } from '../systemd/unit-status.ts';

/** Reports a service that does not run, or that systemd had to restart since somebody last started it. */
export async function unitFindings(unit: string, context: ActionContext): Promise<Finding[]> {
  const status = await unitStatus(context.host, unit, context.signal);
  const hint = `journalctl -u ${unit} -n 50`;
  const said = async () => {
    const last = (await journal(context, unit)).at(-1);
    return last ? `; its last line: ${last}` : '';
  };
  if (status === undefined || status.load === 'not-found')
    return [{ check: unit, level: 'error', message: 'systemd does not know it', hint: 'vhive-coord up' }];
  if (status.active !== 'active')
    return [{ check: unit, level: 'error', message: `is ${status.active} (${status.result})${await said()}`, hint }];
  if (status.restarts === 0) return [];
  const times = status.restarts === 1 ? 'once' : `${status.restarts} times`;
  return [{ check: unit, level: 'warning', message: `${unit} was restarted ${times}${await said()}`, hint }];
}
