import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import { VhiveError } from '@vhive/shared';
import { execa } from 'execa';
import type { Say } from './options.ts';
import { openTokens } from './tokens.ts';

/** The file in which the agent's service finds its join token. */
const TOKEN_FILE = '/etc/vhive/agent-token';

/**
 * Makes sure that an agent runs as a service on the coordinator's own host. It installs the agent with a join token of
 * its own where there is none, and starts it where it is stopped. Returns false where that is not possible: without
 * root, or without systemd.
 */
export async function ensureLocalAgent(input: { stateDir: string; url: string; say: Say }): Promise<boolean> {
  const { stateDir, url, say } = input;
  const port = new URL(url).port;
  if (process.getuid?.() !== 0 || !existsSync('/run/systemd/system')) {
    say(`this host needs an agent too: vhive-agent --coordinator 127.0.0.1:${port} (as root)`);
    return false;
  }
  const systemctl = (...words: string[]) => execa('systemctl', words, { reject: false });
  if ((await systemctl('is-active', '--quiet', 'vhive-agent')).exitCode === 0) return true;
  if ((await systemctl('is-enabled', '--quiet', 'vhive-agent')).exitCode === 0) {
    say('starting the agent of this host');
    await systemctl('start', 'vhive-agent');
    return true;
  }
  say('installing an agent as a service on this host');
  const tokens = await openTokens({ stateDir });
  const { token } = await tokens.create({ ttlSeconds: 3600, description: `agent of ${hostname()}` });
  await writeFileAtomic(TOKEN_FILE, token);
  const program = join(process.env.VHIVE_BIN_DIR ?? '', 'vhive-agent');
  const installed = await execa(program, ['install', '--coordinator', `127.0.0.1:${port}`], {
    reject: false,
    all: true,
  });
  if (installed.exitCode === 0) return true;
  throw new VhiveError({
    code: 'internal',
    message: `the agent of this host could not be installed: ${installed.all?.trim() || installed.message}`,
    hint: `try it yourself: vhive-agent install --coordinator 127.0.0.1:${port}`,
  });
}
