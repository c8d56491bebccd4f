import { stat } from 'node:fs/promises';
import { VhiveError } from '@vhive/shared';
import { execa } from 'execa';

/** Throws a usage error unless this is root on a host that systemd runs. */
export async function requireServiceManager(): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new VhiveError({
      code: 'usage',
      message: 'only root can install a service',
      hint: 'run it as root, for example: sudo vhive-agent install ...',
    });
  // As sd_booted(3) does.
  if (!(await stat('/run/systemd/system').catch(() => undefined))?.isDirectory())
    throw new VhiveError({
      code: 'usage',
      message: 'systemd does not run this host, so no service can be installed',
      hint: 'run the agent in the foreground: vhive-agent --coordinator <ip>',
    });
}

/** Runs systemctl. Throws with what it printed unless it succeeds. */
export async function systemctl(...args: string[]): Promise<void> {
  const result = await execa('systemctl', args, { reject: false, all: true });
  if (result.failed)
    throw new VhiveError({
      code: 'internal',
      message: `systemctl ${args.join(' ')} failed: ${result.all || result.shortMessage}`,
      hint: 'journalctl -u vhive-agent -n 50 shows why',
    });
}

/** true when the unit is active. */
export async function isActive(unit: string): Promise<boolean> {
  const { exitCode } = await execa('systemctl', ['is-active', '--quiet', unit], { reject: false });
  return exitCode === 0;
}
