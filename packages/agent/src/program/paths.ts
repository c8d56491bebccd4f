import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { VhiveError } from '@vhive/shared';

/** The file in which an installed agent finds its join token. */
export const INSTALLED_TOKEN_FILE = '/etc/vhive/agent-token';
/** The settings of the installed service, in the form of systemd's EnvironmentFile. */
export const ENVIRONMENT_FILE = '/etc/vhive/agent.env';
/** The name of the service. */
export const UNIT = 'vhive-agent.service';
/** The path at which the unit file of the service is installed. */
export const UNIT_FILE = `/etc/systemd/system/${UNIT}`;

/**
 * The state directory when none is given: /var/lib/vhive-agent for root, otherwise a folder in the user's XDG state
 * directory.
 */
export function defaultStateDirectory(environment: NodeJS.ProcessEnv, uid = process.getuid?.() ?? 0): string {
  if (uid === 0) return '/var/lib/vhive-agent';
  return join(environment.XDG_STATE_HOME || join(environment.HOME || homedir(), '.local/state'), 'vhive-agent');
}

/**
 * Returns the path of a file of the release that this program is part of, such as `bin/vhive-agent`. It is looked for
 * in the folder of this module and in each folder above it.
 */
export function releaseFile(path: string): string {
  for (let directory = import.meta.dirname; ; directory = dirname(directory)) {
    const candidate = join(directory, path);
    if (existsSync(candidate)) return candidate;
    if (directory === dirname(directory))
      throw new VhiveError({
        code: 'internal',
        message: `this installation of vhive-agent is incomplete: it has no ${path}`,
        hint: 'install it again',
      });
  }
}
