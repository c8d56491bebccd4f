import { resolveConfig } from '@vhive/core/cluster-file/index';
import { phases } from '@vhive/core/phases/index';
import { selectPhases } from '@vhive/core/plan/select-phases';
import { type ClusterConfig, clusterName, VhiveError } from '@vhive/shared';
import type { CoordinatorOptions } from './hooks.ts';
import { type CoordinatorFlags, coordinatorOptions } from './options/coordinator-options.ts';
import { readClusterFile } from './options/read-cluster-file.ts';

/** Values of the options that make the cluster's configuration, as commander hands them over. */
export interface ConfigFlags {
  config?: string;
  nodes?: number;
  sandbox?: string;
  network?: string;
  lan?: string;
  stargz?: boolean;
  snapshots?: boolean;
  upf?: boolean;
  nftables?: boolean;
  /** false: --no-smoke-test. */
  smokeTest?: boolean;
}

/** Those, and the options that say which coordinator. */
export interface ClusterFlags extends ConfigFlags, CoordinatorFlags {
  lan?: string;
  output: string;
}

/** What a command knows of the cluster before it talks to anybody. */
export interface ClusterSettings {
  config: ClusterConfig;
  /** How many nodes, the master included; undefined: nobody said. */
  nodes: number | undefined;
  coordinator: CoordinatorOptions;
}

/**
 * Reads and checks the configuration: flags over environment over cluster file. Throws what is wrong with it (code
 * `usage` or `preflight`); touches nothing.
 */
export async function clusterSettings(
  flags: ClusterFlags & { until?: string; skip?: string[] },
  env: NodeJS.ProcessEnv,
): Promise<ClusterSettings> {
  const resolved = await clusterConfig(flags, env);
  selectPhases(phases, { skip: flags.skip ?? [], ...(flags.until === undefined ? {} : { until: flags.until }) });
  const config = flags.cluster === undefined ? resolved : { ...resolved, name: checkedName(flags.cluster) };
  return { config, nodes: config.nodes, coordinator: coordinatorOptions(flags, config, env) };
}

/** The configuration alone: flags over environment over cluster file, checked. */
export async function clusterConfig(flags: ConfigFlags, env: NodeJS.ProcessEnv): Promise<ClusterConfig> {
  const { nodes, sandbox, network, lan, stargz, snapshots, upf, nftables, smokeTest } = flags;
  return resolveConfig({
    file: flags.config === undefined ? undefined : await readClusterFile(flags.config),
    environment: env,
    flags: { nodes, sandbox, network, lan, stargz, snapshots, upf, nftables, smokeTest },
  });
}

function checkedName(name: string): string {
  const parsed = clusterName.safeParse(name);
  if (parsed.success) return parsed.data;
  throw new VhiveError({ code: 'usage', message: `--cluster ${name}: ${parsed.error.issues[0]?.message}` });
}
