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

/** What a command knows of the cluster before it talks to anybody. */
export interface ClusterSettings {
  config: ClusterConfig;
  /** How many nodes, the master included; undefined: nobody said. */
  nodes: number | undefined;
  coordinator: CoordinatorOptions;
}

/**
 * Reads and checks the configuration and the choice of phases. Throws what is wrong with them (code `usage` or
 * `preflight`); touches nothing.
 */
export async function clusterSettings(
  flags: CoordinatorFlags & Origins & { config?: string; until?: string; skip?: string[] },
  env: NodeJS.ProcessEnv,
): Promise<ClusterSettings> {
  const config = await clusterConfig(flags);
  selectPhases(phases, { skip: flags.skip ?? [], ...defined({ until: flags.until }) });
  return { config, nodes: config.nodes, coordinator: coordinatorOptions(flags, config, env) };
}

/** The configuration alone: flags over environment over cluster file, checked. */
export async function clusterConfig(flags: Origins & { config?: string }): Promise<ClusterConfig> {
  const file = flags.config === undefined ? undefined : await readClusterFile(flags.config);
  return resolveConfig({ file, overlays: overlaysOf(flags) });
}
