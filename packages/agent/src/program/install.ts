import { chmod, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readFileIfPresent, writeFileAtomic } from '@vhive/base/files/atomic-file';
import { parseCoordinatorAddress } from '../transport/enrolment/coordinator-address.ts';
import { findJoinToken } from './join-token-source.ts';
import { ENVIRONMENT_FILE, INSTALLED_TOKEN_FILE, releaseFile, UNIT, UNIT_FILE } from './paths.ts';
import { checkNodeName } from './run.ts';
import { isActive, requireServiceManager, systemctl } from './service-manager.ts';
import { environmentFile, unitFile } from './unit-file.ts';

/** Options of `vhive-agent install`. */
export interface InstallOptions {
  coordinator?: string;
  tokenFile?: string;
  name: string;
  stateDir: string;
  logLevel: string;
  output: 'text' | 'json';
}

/**
 * Runs `vhive-agent install`: writes the settings, the join token and the unit file, and lets systemd run the service
 * with them. A file that has the right content already is left alone, and the service is restarted only when something
 * changed. Without --coordinator it takes the address that was installed before, or this host itself if nothing was.
 */
export async function installCommand(options: InstallOptions, environment: NodeJS.ProcessEnv): Promise<number> {
  await requireServiceManager();
  const coordinator = options.coordinator || (await installedCoordinator()) || '127.0.0.1';
  parseCoordinatorAddress(coordinator);
  const token = await findJoinToken(options.tokenFile, environment);
  const settings = environmentFile({
    VHIVE_COORDINATOR: coordinator,
    VHIVE_NODE: checkNodeName(options.name),
    VHIVE_AGENT_STATE_DIR: options.stateDir,
    VHIVE_LOG_LEVEL: options.logLevel,
  });
  const template = await readFile(releaseFile('systemd/vhive-agent.service'), 'utf8');
  const unit = unitFile(template, process.env.VHIVE_LAUNCHER || releaseFile('bin/vhive-agent'));

  await mkdir(dirname(ENVIRONMENT_FILE), { recursive: true, mode: 0o755 });
  const changed: string[] = [];
  if (await writeIfOther(ENVIRONMENT_FILE, settings)) changed.push(ENVIRONMENT_FILE);
  if (token !== undefined && (await writeIfOther(INSTALLED_TOKEN_FILE, `${token}\n`)))
    changed.push(INSTALLED_TOKEN_FILE);
  if (await writeIfOther(UNIT_FILE, unit)) {
    changed.push(UNIT_FILE);
    await chmod(UNIT_FILE, 0o644);
  }
  await systemctl('daemon-reload');
  await systemctl('enable', '--quiet', UNIT);
  const runs = await isActive(UNIT);
  if (changed.length > 0 || !runs) await systemctl('restart', UNIT);

  const message =
    changed.length > 0 || !runs
      ? `${UNIT} runs, with the coordinator ${coordinator}${changed.length > 0 ? `; written: ${changed.join(', ')}` : ''}`
      : `${UNIT} runs already as asked`;
  const result = { time: new Date().toISOString(), type: 'result', unit: UNIT, coordinator, changed };
  process.stdout.write(options.output === 'json' ? `${JSON.stringify(result)}\n` : `${message}\n`);
  return 0;
}

/** Writes a file with mode 0600 unless it has this content already. Returns whether it was written. */
async function writeIfOther(path: string, content: string): Promise<boolean> {
  if ((await readFileIfPresent(path)) === content) return false;
  await writeFileAtomic(path, content);
  return true;
}

async function installedCoordinator(): Promise<string | undefined> {
  const settings = await readFileIfPresent(ENVIRONMENT_FILE);
  return /^VHIVE_COORDINATOR="?([^"\n]+)"?$/m.exec(settings ?? '')?.[1];
}
