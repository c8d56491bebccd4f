import { rm, stat } from 'node:fs/promises';
import { ignoring } from '@vhive/base/ignoring';
import { ENVIRONMENT_FILE, INSTALLED_TOKEN_FILE, UNIT, UNIT_FILE } from './paths.ts';
import { requireServiceManager, systemctl } from './service-manager.ts';

/**
 * Runs `vhive-agent uninstall`: removes the service and, with `purge`, also what the agent kept. It is not an error
 * when no service is installed.
 */
export async function uninstallCommand(options: {
  purge?: boolean;
  stateDir: string;
  output: 'text' | 'json';
}): Promise<number> {
  await requireServiceManager();
  const installed = (await stat(UNIT_FILE).catch(ignoring('what is not there is not installed'))) !== undefined;
  if (installed) {
    await systemctl('disable', '--quiet', '--now', UNIT);
    await rm(UNIT_FILE, { force: true });
    await systemctl('daemon-reload');
  }
  await rm(ENVIRONMENT_FILE, { force: true });
  if (options.purge) {
    await rm(INSTALLED_TOKEN_FILE, { force: true });
    await rm(options.stateDir, { recursive: true, force: true });
  }
  const message = installed ? `${UNIT} is removed` : `${UNIT} was not installed`;
  const result = { time: new Date().toISOString(), type: 'result', unit: UNIT, removed: installed };
  process.stdout.write(options.output === 'json' ? `${JSON.stringify(result)}\n` : `${message}\n`);
  return 0;
}
