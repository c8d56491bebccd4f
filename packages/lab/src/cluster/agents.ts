import { defined, VhiveError } from '@vhive/shared';
import { labExec } from '../hosts/exec.ts';
import { kindOf } from '../hosts/kinds.ts';
import type { LabHost, LabLog } from '../types.ts';

/** The path of the mirror tree inside every host. */
export const LAB_MIRROR = '/var/lib/vhive-mirror';

/** The path of the lab's cluster file on the first host. */
export const LAB_CLUSTER_FILE = '/etc/vhive/vhive.yaml';

/**
 * Installs `vhive-agent` as a service on every host, pointed at the first host, with a join token that was made there.
 * Hosts whose service is enabled already are left alone.
 */
export async function installLabAgents(hosts: readonly LabHost[], log: LabLog, signal?: AbortSignal): Promise<void> {
  const missing = await withoutAgent(hosts);
  const first = hosts[0];
  if (!first || missing.length === 0) return;
  log(`installing vhive-agent as a service on ${missing.map((host) => host.name).join(', ')}`);
  const created = await labExec(
    first,
    ['vhive-coord', 'token', 'create', '--ttl', '1h', '--description', 'lab hosts', '--output', 'json'],
    defined({ signal }),
  );
  const token = tokenIn(created.stdout);
  await Promise.all(
    missing.map(async (host) => {
      await kindOf(host).writeFile(host, '/etc/vhive/agent-token', token, 0o600);
      await labExec(
        host,
        ['vhive-agent', 'install', '--coordinator', first.address, '--name', host.name],
        defined({ signal }),
      );
    }),
  );
}

/**
 * Writes the cluster file that the lab needs onto the first host.
 * @param textFor makes the text, given the text of the file that is there already
 */
export async function writeLabClusterFile(
  host: LabHost,
  textFor: (present: string | undefined) => string,
): Promise<void> {
  const kind = kindOf(host);
  const present = await kind.readFile(host, LAB_CLUSTER_FILE);
  await kind.writeFile(host, LAB_CLUSTER_FILE, textFor(present), 0o644);
}

async function withoutAgent(hosts: readonly LabHost[]): Promise<LabHost[]> {
  const states = await Promise.all(
    hosts.map(async (host) => ({
      host,
      enabled: (await labExec(host, ['systemctl', 'is-enabled', '--quiet', 'vhive-agent'], { reject: false })).exitCode,
    })),
  );
  return states.filter(({ enabled }) => enabled !== 0).map(({ host }) => host);
}

function tokenIn(output: string): string {
  for (const line of output.split('\n')) {
    if (!line.startsWith('{')) continue;
    const { token } = JSON.parse(line) as { token?: unknown };
    if (typeof token === 'string') return token;
  }
  throw new VhiveError({ code: 'internal', message: 'the first lab host made no join token' });
}
