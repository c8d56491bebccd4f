import { readFile } from 'node:fs/promises';
import { type ReadExperiment, readExperiment } from '@vhive/core/experiments/read-experiment';
import { clusterKey, type Trial, trialsOf } from '@vhive/core/experiments/trials';
import { seededRandom } from '@vhive/core/load/random';
import { messageOf, VhiveError } from '@vhive/shared';
import { clusterFields, hasCluster } from './ensure-cluster.ts';

/** Reads the text of an experiment file. Throws `usage` where it cannot be read. */
export async function experimentText(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new VhiveError({
      code: 'usage',
      message: `the experiment file ${path} cannot be read: ${messageOf(cause)}`,
      hint: 'docs/experiments.md has an example of one',
      cause,
    });
  });
}

/** An experiment with its trials in the order in which they are measured. */
export interface PlannedExperiment extends ReadExperiment {
  trials: readonly Trial[];
}

/** Reads an experiment and puts its trials in order, which follows from its seed alone. */
export function plannedExperiment(path: string, text: string): PlannedExperiment {
  const read = readExperiment({ path, text });
  return { ...read, trials: trialsOf(read, seededRandom(read.experiment.seed)) };
}

/**
 * Throws `usage` where the file of a cluster cannot be read, or where it does not say which node labels mean.
 * @param folder the folder of the experiment file, from which paths start
 */
export async function checkClusters({ trials }: PlannedExperiment, folder: string): Promise<void> {
  const settings = new Map(trials.map(({ point }) => [clusterKey(point.settings), point.settings]));
  for (const one of settings.values()) if (hasCluster(one)) await clusterFields(one, folder);
}

/** The least time that the load of all trials takes, in seconds, without deploying and resetting. */
export function loadSeconds(trials: readonly Trial[]): number {
  return trials.reduce((sum, { point: { settings } }) => {
    const { durationSeconds, warmUpSeconds } = settings.load;
    return sum + durationSeconds + warmUpSeconds;
  }, 0);
}
