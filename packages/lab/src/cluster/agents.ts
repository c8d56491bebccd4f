import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '@vhive/base/files/atomic-file';
import { VhiveError } from '@vhive/shared';
import { labExec } from '../hosts/exec.ts';
import type { LabHost, LabLog } from '../types.ts';

/** Where the mirror tree stands inside every host. */
export const LAB_MIRROR = '/var/lib/vhive-mirror';

/** Where the release stands inside every host. */
export const LAB_RELEASE = '/usr/local/lib/vhive';

/** Where the lab's cluster file stands on the first host. */
export const LAB_CLUSTER_FILE = '/etc/vhive/vhive.yaml';

/**
 * Installs `vhive-agent` as a service on every host, pointed at the first one, with a join token made there. Nothing
 * is done for hosts whose service is already enabled.
 */
export async function installLabAgents(hosts: readonly LabHost[], log: LabLog, signal?: AbortSignal): Promise<void> {
  const missing = await withoutAgent(hosts);
  const first = hosts[0];
  if (!first || missing.length === 0) return;
  log(`installing vhive-agent as a service on ${missing.map((host) => host.name).join(', ')}`);
  const created = await labExec(
    first,
    ['vhive-coord', 'token', 'create', '--ttl', '1h', '--description', 'lab hosts', '--output', 'json'],
    { ...(signal ? { signal } : {}) },
  );
  const token = tokenIn(created.stdout);
  await Promise.all(
    missing.map(async (host) => {
      await putFile(host, '/etc/vhive/agent-token', token, 0o600);
      await labExec(host, ['vhive-agent', 'install', '--coordinator', first.address, '--name', host.name], {
        ...(signal ? { signal } : {}),
      });
    }),
  );
}

/** Writes the cluster file the lab needs onto the first host; `textFor` is given the one that is there. */
export async function writeLabClusterFile(
  host: LabHost,
  textFor: (present: string | undefined) => string,
): Promise<void> {
  const present = await readFile(join(host.tree, LAB_CLUSTER_FILE), 'utf8').catch(() => undefined);
  await putFile(host, LAB_CLUSTER_FILE, textFor(present), 0o644);
}

/** Puts a file onto a host's disk from outside: so that no secret is in an argument list or a terminal. */
async function putFile(host: LabHost, path: string, text: string, mode: number): Promise<void> {
  const file = join(host.tree, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFileAtomic(file, text, mode);
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
