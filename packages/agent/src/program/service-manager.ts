import { stat } from 'node:fs/promises';
import { ignoring } from '@vhive/base/ignoring';
import { VhiveError } from '@vhive/shared';
import { execa } from 'execa';

/** Throws a usage error unless this process is root and systemd runs this host. */
export async function requireServiceManager(): Promise<void> {
  if (process.getuid?.() !== 0)
    throw new VhiveError({
      code: 'usage',
      message: 'only root can install a service',
      hint: 'run it as root, for example: sudo vhive-agent install ...',
    });
  // This is the same test as that of sd_booted(3).
  if (!(await stat('/run/systemd/system').catch(ignoring('without systemd there is no such directory')))?.isDirectory())
    throw new VhiveError({
      code: 'usage',
      message: 'systemd does not run this host, so no service can be installed',
      hint: 'run the agent in the foreground: vhive-agent --coordinator <ip>',
    });
}

/** Runs systemctl. When it fails, throws an error with what it printed. */
export async function systemctl(...args: string[]): Promise<void> {
  const result = await execa('systemctl', args, { reject: false, all: true });
  if (result.failed)
    throw new VhiveError({
      code: 'internal',
      message: `systemctl ${args.join(' ')} failed: ${result.all || result.shortMessage}`,
      hint: 'journalctl -u vhive-agent -n 50 shows why',
    });
}

/** Tells whether the unit is active. */
export async function isActive(unit: string): Promise<boolean> {
  const { exitCode } = await execa('systemctl', ['is-active', '--quiet', unit], { reject: false });
  return exitCode === 0;
}
