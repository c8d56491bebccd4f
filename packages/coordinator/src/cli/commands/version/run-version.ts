import { resolveConfig } from '@vhive/core/cluster-file/index';
import { resolveVersions } from '@vhive/core/versions/resolve';
import { VERSION } from '@vhive/shared';
import { createClient } from '../../client/client.ts';
import { runningEndpoint } from '../../connect.ts';
import type { CliContext } from '../../context.ts';
import type { Flags } from '../../options/command-options.ts';
import { stateDirOf } from '../../options/coordinator-options.ts';

/** Tells versions. No coordinator is started for it. */
export async function runVersion(flags: Flags<'version'>, { io }: CliContext): Promise<void> {
  const coordinator = await runningCoordinator(stateDirOf(flags, io.env));
  const components = resolveVersions(resolveConfig({}));
  const { version: node, platform, arch } = process;
  io.line({ type: 'version', version: VERSION, node, platform: `${platform}/${arch}`, coordinator, components });
  if (io.json) return;
  io.say(`vhive-coord ${VERSION} (Node.js ${node}, ${platform}/${arch})`);
  io.say(
    coordinator ? `coordinator ${coordinator.version} of cluster ${coordinator.cluster}` : 'no coordinator runs here',
  );
  io.say('');
  io.say('a cluster gets, where its cluster file says nothing:');
  for (const [name, version] of Object.entries(components)) io.say(`  ${name} ${version}`);
}

async function runningCoordinator(stateDir: string): Promise<{ version: string; cluster: string } | null> {
  const endpoint = await runningEndpoint(stateDir);
  if (endpoint === undefined) return null;
  const client = createClient(endpoint);
  try {
    const { version, cluster } = await client.health();
    return { version, cluster };
  } finally {
    client.close();
  }
}
