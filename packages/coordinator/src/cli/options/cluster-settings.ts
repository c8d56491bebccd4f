import { resolve } from 'node:path';
import {
  type ComparedSettings,
  resolveConfig,
  type SettingChange,
  settingsChanges,
  settingsNow,
  sourcesOf,
} from '@vhive/core/cluster-file/index';
import { parseSource, type SourceText } from '@vhive/core/cluster-file/source-file';
import { phases } from '@vhive/core/phases/index';
import { selectPhases } from '@vhive/core/plan/select-phases';
import { type ClusterConfig, defined, type ClusterSettings as SaidSettings } from '@vhive/shared';
import type { CoordinatorOptions } from '../../assembly/options.ts';
import { coordinatorOptions, type SaidCoordinatorFlags, stateDirOf } from './coordinator-options.ts';
import type { Origins } from './option-entry.ts';
import { overlaysOf } from './overlays.ts';
import { readClusterFile } from './read-cluster-file.ts';
import { type Remembered, readRemembered, rememberedSettings } from './remembered.ts';

/** What a command knows of the cluster before it talks to any coordinator. */
export interface ClusterSettings {
  config: ClusterConfig;
  /** The number of nodes, the master included; undefined when it was not given. */
  nodes: number | undefined;
  coordinator: CoordinatorOptions;
  /** The mirror tree, as it is given or remembered. */
  mirror: string | undefined;
  /** The settings as they were said, now or earlier, for the cluster to remember. */
  said: SaidSettings;
  /** What is given differs in this from what the cluster remembers. */
  changes: SettingChange[];
  remembered: Remembered;
  /** What holds because it is remembered, in words: flags, variables and the cluster file of an earlier command. */
  fromMemory: string[];
}

/** The flags from which the settings of a cluster are read. */
export type ClusterFlags = SaidCoordinatorFlags & {
  config?: string;
  until?: string;
  skip?: string[];
  lab?: number;
};

/**
 * Reads and checks the configuration and the choice of phases. Whatever no flag, variable or file says is taken from what
 * the cluster remembers. Throws what is wrong with them (code `usage` or `preflight`). Touches nothing.
 */
export async function clusterSettings(flags: ClusterFlags, env: NodeJS.ProcessEnv): Promise<ClusterSettings> {
  // The cluster of a lab is not that of this machine.
  const remembered =
    flags.lab === undefined
      ? await readRemembered(stateDirOf(flags, env))
      : { record: undefined, simulation: undefined };
  const before = rememberedSettings(remembered.record);
  const given = await givenSettings(flags);
  const said = settingsNow(before, given);
  const config = resolveConfig(sourcesOf(said, given));
  selectPhases(phases, { skip: flags.skip ?? [], ...defined({ until: flags.until }) });
  return {
    ...{ config, remembered },
    nodes: config.nodes,
    mirror: said.mirror,
    said: said.file === undefined ? said : { ...said, file: { ...said.file, path: resolve(said.file.path) } },
    coordinator: {
      ...coordinatorOptions(flags, config, env, remembered.record),
      ...defined({ mirror: said.mirror }),
    },
    changes: before === undefined ? [] : settingsChanges(earlier(before, remembered), { config, mirror: said.mirror }),
    fromMemory: before === undefined ? [] : heldOver(said, given),
  };
}

/** Reads and checks the configuration alone: flags win over the environment, which wins over the cluster file. */
export async function clusterConfig(flags: Origins & { config?: string }): Promise<ClusterConfig> {
  const given = await givenSettings(flags);
  return resolveConfig(sourcesOf(given, given));
}

async function givenSettings(
  flags: Origins & { config?: string; mirror?: string; lab?: number; simulate?: number },
): Promise<SaidSettings> {
  const file = flags.config === undefined ? undefined : await readClusterFile(flags.config);
  const said = overlaysOf(flags).map((overlay) => ({ ...overlay, path: [...overlay.path] }));
  return { said: [...saidByHosts(flags, file, said), ...said], ...defined({ file, mirror: flags.mirror }) };
}

/** The number of hosts that are made for a trial says how many nodes there are, where nothing else that is given does. */
function saidByHosts(
  { lab, simulate }: { lab?: number; simulate?: number },
  file: SourceText | undefined,
  said: SaidSettings['said'],
): SaidSettings['said'] {
  const hosts = lab ?? simulate;
  const isSaid =
    said.some(({ path }) => path.join('.') === 'nodes') ||
    (file !== undefined && parseSource(file).content.nodes !== undefined);
  if (hosts === undefined || isSaid) return [];
  return [{ path: ['nodes'], value: hosts, where: lab === undefined ? '--simulate' : '--lab' }];
}

/** Returns the settings before, with today's defaults or, where this version refuses them, as they were planned then. */
function earlier(before: SaidSettings, { record }: Remembered): ComparedSettings {
  try {
    return { config: resolveConfig(sourcesOf(before, before)), mirror: before.mirror };
  } catch {
    return { config: record?.run?.basis.config ?? {}, mirror: before.mirror };
  }
}

function heldOver(said: SaidSettings, given: SaidSettings): string[] {
  const { file } = said;
  const words = said.said.filter((value) => !given.said.includes(value)).map(wordsOf);
  return [
    ...(file === undefined || given.file !== undefined ? [] : [`the cluster file ${file.path}`]),
    ...words,
    ...(said.mirror === undefined || given.mirror !== undefined ? [] : [`--mirror ${said.mirror}`]),
  ];
}

function wordsOf({ where, value }: SaidSettings['said'][number]): string {
  if (!where.startsWith('--')) return `${where}=${String(value)}`;
  return typeof value === 'boolean' || where.endsWith('nftables') ? where : `${where} ${String(value)}`;
}
