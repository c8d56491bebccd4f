import { count } from '@vhive/base/count';
import { resolveConfig } from '@vhive/core/cluster-file/index';
import { resolveVersions } from '@vhive/core/versions/resolve';
import type { CliContext } from '../../context.ts';
import { readClusterFile } from '../../options/read-cluster-file.ts';

/** Checks a cluster file by itself, and says what it is for. Throws `usage`, naming every problem. */
export async function runValidate(path: string, { io }: CliContext): Promise<void> {
  const config = resolveConfig({
    file: await readClusterFile(path, 'write one: vhive-coord config init > vhive.yaml'),
  });
  const nodes = config.nodes === undefined ? 'as many nodes as --nodes says' : count(config.nodes, 'node');
  io.tell(`${path} is valid: ${config.sandbox} on ${nodes}, Kubernetes ${resolveVersions(config).kubernetes}`);
}
