import { delimiter, join } from 'node:path';
import { exists } from '@vhive/base/files/exists';
import { messageOf } from '@vhive/shared';
import type { LabLog } from '../types.ts';
import { runTool } from './command.ts';
import { toolPath } from './tool-path.ts';

/** A program that each package brings, by which the package is known to be installed. */
const neededTools: Readonly<Record<string, string>> = {
  debootstrap: 'debootstrap',
  'systemd-nspawn': 'systemd-container',
  ip: 'iproute2',
  nsenter: 'util-linux',
  losetup: 'mount',
  wget: 'wget',
};

const debianKeyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

/** Returns the Debian packages of programs that the machine lacks. */
async function packagesOf(tools: Readonly<Record<string, string>>): Promise<string[]> {
  const missing = new Set<string>();
  for (const [tool, debianPackage] of Object.entries(tools)) {
    if (!(await isInPath(tool))) missing.add(debianPackage);
  }
  return [...missing];
}

/** Returns the Debian packages that the lab needs on the machine and that are not installed yet. */
export async function missingPackages(): Promise<string[]> {
  const missing = await packagesOf(neededTools);
  return (await exists(debianKeyring)) ? missing : [...missing, 'debian-archive-keyring'];
}

/**
 * Installs what the lab needs on the machine, and logs that it does, if anything is missing.
 *
 * @param tools the package of each program that is needed, where it is not what every lab needs
 */
export async function installPrerequisites(
  log: LabLog,
  signal: AbortSignal | undefined,
  tools?: Readonly<Record<string, string>>,
): Promise<void> {
  const packages = tools === undefined ? await missingPackages() : await packagesOf(tools);
  if (packages.length === 0) return;
  log(`installing on this machine what the lab needs: ${packages.join(' ')}`);
  const hint = `Install them by hand, then try again: apt-get install ${packages.join(' ')}`;
  const doing = `installing ${packages.join(', ')}`;
  const waitForLock = ['-o', 'DPkg::Lock::Timeout=300'] as const;
  // One archive of many may be out of reach. The installation shows whether that matters.
  await runTool(['apt-get', ...waitForLock, 'update'], { doing, signal }).catch((error) => log(messageOf(error)));
  signal?.throwIfAborted();
  const install = ['install', '--yes', '--no-install-recommends', ...packages];
  await runTool(['apt-get', ...waitForLock, ...install], { doing, hint, signal });
}

async function isInPath(tool: string): Promise<boolean> {
  const found = await Promise.all(toolPath.split(delimiter).map((directory) => exists(join(directory, tool))));
  return found.includes(true);
}
