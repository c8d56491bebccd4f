import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CLUSTER_RECORD_FILE,
  type ClusterRecord,
  type ClusterSettings,
  clusterRecord,
  messageOf,
  SIMULATION_FILE,
  type SimulationRecord,
  simulationRecord,
  VhiveError,
} from '@vhive/shared';
import type * as z from 'zod';

/** The name of a cluster that was given none, as the schema of the cluster file has it. */
const DEFAULT_CLUSTER_NAME = 'vhive';

/** What a state directory holds of its cluster, for commands that do not talk to a coordinator yet. */
export interface Remembered {
  record: ClusterRecord | undefined;
  /** Set when the hosts of the cluster are simulated. */
  simulation: SimulationRecord | undefined;
}

/** Reads what is remembered in a state directory. Throws `usage` where it cannot be read. */
export async function readRemembered(stateDir: string): Promise<Remembered> {
  const [record, simulation] = await Promise.all([
    readRecord(join(stateDir, CLUSTER_RECORD_FILE), clusterRecord),
    readRecord(join(stateDir, SIMULATION_FILE), simulationRecord),
  ]);
  return { record, simulation };
}

/** Returns the settings that a command goes by where it says nothing. */
export function rememberedSettings(record: ClusterRecord | undefined): ClusterSettings | undefined {
  if (record?.run !== undefined) return record.run.basis.settings;
  const name = record?.coordinator?.cluster;
  // No run has changed a host yet, but the coordinator's keys are for a cluster of this name.
  return name === undefined || name === DEFAULT_CLUSTER_NAME
    ? undefined
    : { said: [{ path: ['name'], value: name, where: '--cluster' }] };
}

async function readRecord<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S> | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new VhiveError({
      code: 'usage',
      message:
        code === 'EACCES'
          ? `cannot read ${path}: it belongs to another user`
          : `what the cluster remembers cannot be read: ${path}: ${messageOf(cause)}`,
      hint:
        code === 'EACCES'
          ? 'run as root (sudo vhive-coord ...), or name your own state directory with --state-dir'
          : 'was it written by a newer version? Use that one; or move the file away and give all options of the cluster again',
      cause,
    });
  }
}
