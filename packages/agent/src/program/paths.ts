import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { VhiveError } from '@vhive/shared';

/** Where an installed agent finds its join token. */
export const INSTALLED_TOKEN_FILE = '/etc/vhive/agent-token';
/** Settings of the installed service, as the unit's EnvironmentFile. */
export const ENVIRONMENT_FILE = '/etc/vhive/agent.env';
/** Name of the service. */
export const UNIT = 'vhive-agent.service';
/** Where its unit is installed. */
export const UNIT_FILE = `/etc/systemd/system/${UNIT}`;

/** /var/lib/vhive-agent for root, else below the user's XDG state directory. */
export function defaultStateDirectory(environment: NodeJS.ProcessEnv, uid = process.getuid?.() ?? 0): string {
  if (uid === 0) return '/var/lib/vhive-agent';
  return join(environment.XDG_STATE_HOME || join(environment.HOME || homedir(), '.local/state'), 'vhive-agent');
}

/** A file of the release this program is part of, such as `bin/vhive-agent`: looked for upwards from here. */
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
