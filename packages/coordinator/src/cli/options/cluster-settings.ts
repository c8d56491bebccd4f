import { resolveConfig } from '@vhive/core/cluster-file/index';
import { phases } from '@vhive/core/phases/index';
import { selectPhases } from '@vhive/core/plan/select-phases';
import { type ClusterConfig, defined } from '@vhive/shared';
import type { CoordinatorOptions } from '../../assembly/options.ts';
import type { CoordinatorFlags } from './command-options.ts';
import { coordinatorOptions } from './coordinator-options.ts';
import type { Origins } from './option-entry.ts';
import { overlaysOf } from './overlays.ts';
import { readClusterFile } from './read-cluster-file.ts';

/** What a command knows of the cluster before it talks to any coordinator. */
export interface ClusterSettings {
  config: ClusterConfig;
  /** The number of nodes, the master included; undefined when it was not given. */
  nodes: number | undefined;
  coordinator: CoordinatorOptions;
}

/**
 * Reads and checks the configuration and the choice of phases. Throws what is wrong with them (code `usage` or
 * `preflight`). Touches nothing.
 */
export async function clusterSettings(
  flags: CoordinatorFlags & Origins & { config?: string; until?: string; skip?: string[] },
  env: NodeJS.ProcessEnv,
): Promise<ClusterSettings> {
  const config = await clusterConfig(flags);
  selectPhases(phases, { skip: flags.skip ?? [], ...defined({ until: flags.until }) });
  return { config, nodes: config.nodes, coordinator: coordinatorOptions(flags, config, env) };
}

/** Reads and checks the configuration alone: flags win over the environment, which wins over the cluster file. */
export async function clusterConfig(flags: Origins & { config?: string }): Promise<ClusterConfig> {
  const file = flags.config === undefined ? undefined : await readClusterFile(flags.config);
  return resolveConfig({ file, overlays: overlaysOf(flags) });
}
