import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createFileAtomic, writeFileAtomic } from '@vhive/base/files/atomic-file';
import { exists } from '@vhive/base/files/exists';
import { tryLockFile } from '@vhive/base/files/file-lock';
import { makeDirectory } from '@vhive/base/files/make-directory';
import { syncDirectory } from '@vhive/base/files/sync';
import { type ExperimentEvent, readJournal, type TrialState, trialStates } from '@vhive/core/experiments/journal';
import { messageOf, VhiveError } from '@vhive/shared';
import { MANIFEST, writeManifest } from './manifest.ts';

const FILE = 'experiment.yaml';
/** Has the folder that the experiment file came from, from which its paths start. */
const SOURCE = 'source';
const JOURNAL = 'journal.jsonl';
const TRIALS = 'trials';
/** Ends the name of a folder whose trial is being measured; what an interruption leaves of it is of no use. */
const UNFINISHED = '.unfinished';
/** Ends the name of a folder whose trial failed; what it has tells why. */
const FAILED = '.failed';

/** A process that was just killed lets go of its lock a moment later. */
const PATIENCE_SECONDS = 3;

const FILE_MODE = 0o644;
const FOLDER_MODE = 0o755;

/**
 * The folder of an experiment: its file, its journal, and a folder for each trial. A trial's folder has its final name
 * only when it is complete, so nothing that was finished is lost and nothing half-written counts, whenever a process is
 * killed.
 */
export interface ResultsFolder {
  path: string;
  /** The experiment file as it was when the experiment began. */
  experimentFile: { path: string; text: string };
  /** The folder that the experiment file came from. */
  sourceFolder: string;
  /** How each trial stands that was begun. */
  states(): ReadonlyMap<string, TrialState>;
  /** Makes an empty folder for a trial that begins now, and returns its path. */
  begin(trial: string): Promise<string>;
  /** Takes over what a trial has written, for good. */
  finish(trial: string): Promise<void>;
  /** Records that a trial failed. What it has written so far is kept beside the others. */
  fail(trial: string, reason: string): Promise<void>;
  /** Lets others use the folder. */
  close(): Promise<void>;
}

/**
 * Makes the folder of a new experiment. Throws `usage` where there is one with another experiment file, or with trials
 * already: `resume` is for that.
 */
export async function createResultsFolder(path: string, text: string, sourceFolder: string): Promise<ResultsFolder> {
  await makeDirectory(path, FOLDER_MODE);
  if (!(await exists(join(path, FILE)))) await writeFileAtomic(join(path, SOURCE), sourceFolder, { mode: FILE_MODE });
  const made = await createFileAtomic(join(path, FILE), text, { mode: FILE_MODE });
  if (!made)
    throw new VhiveError({
      code: 'usage',
      message: `${path} has the results of an experiment already`,
      hint: `vhive-coord experiment resume ${path}, or another folder with --results`,
    });
  return await openResultsFolder(path);
}

/** Opens the folder of an experiment that was begun. Throws `usage` where it is none, or where another process has it. */
export async function openResultsFolder(path: string): Promise<ResultsFolder> {
  const file = join(path, FILE);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new VhiveError({
      code: 'usage',
      message: `${path} is no folder of an experiment: ${messageOf(cause)}`,
      hint: 'vhive-coord experiment run FILE makes one',
      cause,
    });
  });
  const release = await tryLockFile(join(path, '.lock'), undefined, PATIENCE_SECONDS);
  if (release === undefined)
    throw new VhiveError({
      code: 'usage',
      message: `another process measures in ${path}`,
      hint: 'wait for its end, or end it; experiment report can be used meanwhile',
    });
  try {
    const journal = await openJournal(join(path, JOURNAL));
    const trials = join(path, TRIALS);
    await makeDirectory(trials, FOLDER_MODE);
    await adoptComplete(trials, journal);
    const sourceFolder = await readFile(join(path, SOURCE), 'utf8');
    return resultsFolder({ path, experimentFile: { path: file, text }, sourceFolder }, journal, release);
  } catch (error) {
    await release();
    throw error;
  }
}

function resultsFolder(
  said: Pick<ResultsFolder, 'path' | 'experimentFile' | 'sourceFolder'>,
  journal: Journal,
  release: () => Promise<void>,
): ResultsFolder {
  const { path } = said;
  const of = (trial: string, ending = '') => join(path, TRIALS, trial + ending);
  return {
    ...said,
    states: () => trialStates(journal.events),
    async begin(trial) {
      await rm(of(trial, UNFINISHED), { recursive: true, force: true });
      await mkdir(of(trial, UNFINISHED), { mode: FOLDER_MODE });
      await journal.append({ type: 'trial-begun', at: new Date().toISOString(), trial });
      return of(trial, UNFINISHED);
    },
    async finish(trial) {
      await writeManifest(of(trial, UNFINISHED));
      await rename(of(trial, UNFINISHED), of(trial));
      await syncDirectory(join(path, TRIALS));
      await rm(of(trial, FAILED), { recursive: true, force: true });
      await journal.append({ type: 'trial-finished', at: new Date().toISOString(), trial });
    },
    async fail(trial, reason) {
      await journal.append({ type: 'trial-failed', at: new Date().toISOString(), trial, reason });
      await rm(of(trial, FAILED), { recursive: true, force: true });
      await rename(of(trial, UNFINISHED), of(trial, FAILED));
    },
    async close() {
      await journal.close();
      await release();
    },
  };
}

/** Records as finished what was complete before a process was killed that could not write so into the journal. */
async function adoptComplete(trials: string, journal: Journal): Promise<void> {
  const states = trialStates(journal.events);
  for (const name of (await readdir(trials)).sort()) {
    if (name.includes('.') || states.get(name)?.status === 'finished') continue;
    if (await exists(join(trials, name, MANIFEST)))
      await journal.append({ type: 'trial-finished', at: new Date().toISOString(), trial: name });
  }
}

interface Journal {
  events: readonly ExperimentEvent[];
  append(event: ExperimentEvent): Promise<void>;
  close(): Promise<void>;
}

/** Opens a journal. What a crash left of a last line is cut off. Each event is on the disk before `append` resolves. */
async function openJournal(path: string): Promise<Journal> {
  const file = await open(path, 'a+', FILE_MODE);
  try {
    const text = await file.readFile('utf8');
    const events = readJournal(text);
    await file.truncate(Buffer.byteLength(text.slice(0, text.lastIndexOf('\n') + 1)));
    return {
      events,
      async append(event) {
        await file.appendFile(`${JSON.stringify(event)}\n`);
        await file.sync();
        events.push(event);
      },
      close: () => file.close(),
    };
  } catch (cause) {
    await file.close();
    throw new VhiveError({
      code: 'usage',
      message: `${path} is no journal of an experiment: ${messageOf(cause)}`,
      hint: 'it was changed by hand or damaged: measure anew in another folder',
      cause,
    });
  }
}
