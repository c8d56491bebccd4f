import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readJournal, trialStates } from '@vhive/core/experiments/journal';
import { readExperiment } from '@vhive/core/experiments/read-experiment';
import { type TrialRecord, trialRecord } from '@vhive/core/experiments/summary';
import { trialsOf } from '@vhive/core/experiments/trials';
import { messageOf, VhiveError } from '@vhive/shared';
import type { ReportedExperiment } from './report-page.ts';

/** The file of a trial's folder that says what was measured. */
export const TRIAL_FILE = 'trial.json';

/** Reads what an experiment has measured so far; it may still run. Throws `usage` where the folder has no experiment. */
export async function readResults(folder: string): Promise<ReportedExperiment> {
  const path = join(folder, 'experiment.yaml');
  try {
    const text = await readFile(path, 'utf8');
    const journal = await readFile(join(folder, 'journal.jsonl'), 'utf8');
    const trials = await readTrials(join(folder, 'trials'));
    const states = trialStates(readJournal(journal));
    const all = trialsOf(readExperiment({ path, text }), () => 0).map(({ id }) => id);
    const failed = all.flatMap((trial) => {
      const state = states.get(trial);
      return state?.status === 'failed' ? [{ trial, reason: state.reason }] : [];
    });
    return { folder, file: text, trials, failed, left: all.length - trials.length - failed.length };
  } catch (cause) {
    if (cause instanceof VhiveError) throw cause;
    throw new VhiveError({
      code: 'usage',
      message: `${folder} has no results of an experiment: ${messageOf(cause)}`,
      hint: 'give the folder that vhive-coord experiment run wrote',
      cause,
    });
  }
}

/** Reads the trials that are complete: only their folders have a name without an ending. */
async function readTrials(folder: string): Promise<TrialRecord[]> {
  const names = (await readdir(folder)).filter((name) => !name.includes('.')).sort();
  return await Promise.all(
    names.map(async (name) => trialRecord.parse(JSON.parse(await readFile(join(folder, name, TRIAL_FILE), 'utf8')))),
  );
}
