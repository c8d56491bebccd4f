import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readExperiment } from '@vhive/core/experiments/read-experiment';
import { trialsOf } from '@vhive/core/experiments/trials';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createResultsFolder, openResultsFolder, type ResultsFolder } from './results-folder.ts';
import { type ExperimentNews, runTrials, type TrialRun } from './run-trials.ts';

const text =
  'name: mine\nrepetitions: 2\norder: as-written\nfunctions: [{ name: helloworld }]\nsweep: { over: { load.rps: [1, 2] } }\n';
const trials = trialsOf(readExperiment({ path: 'e.yaml', text }), () => 0);

let directory: string;
const opened: ResultsFolder[] = [];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-experiment-'));
});
afterEach(async () => {
  for (const results of opened.splice(0)) await results.close();
  await rm(directory, { recursive: true, force: true });
});
const folder = () => join(directory, 'results');
async function keep(results: Promise<ResultsFolder>) {
  const found = await results;
  opened.push(found);
  return found;
}
const close = () => opened.pop()?.close();

const writes = (_: unknown, path: string) => writeFile(join(path, 'results.json'), '{}\n');
async function run(results: ResultsFolder, changed: Partial<TrialRun> = {}) {
  const news: ExperimentNews[] = [];
  const told = (one: ExperimentNews) => void news.push(one);
  const { signal } = new AbortController();
  const counts = await runTrials({
    trials,
    results,
    measure: writes,
    retryFailed: false,
    tell: told,
    signal,
    ...changed,
  });
  return { counts, told: news.map(({ type, trial }) => `${type} ${trial.id}`) };
}

it('measures every trial once, and nothing again', async () => {
  const results = await keep(createResultsFolder(folder(), text, '/'));
  const first = await run(results);
  expect(first.counts).toEqual({ finished: 4, failed: 0, left: 0 });
  expect(first.told).toEqual(trials.flatMap(({ id }) => [`trial-begun ${id}`, `trial-finished ${id}`]));
  expect((await readdir(join(folder(), 'trials'))).sort()).toEqual(['p1-r1', 'p1-r2', 'p2-r1', 'p2-r2']);
  expect((await run(results)).told).toEqual([]);
  const manifest = JSON.parse(await readFile(join(folder(), 'trials/p1-r1/manifest.json'), 'utf8'));
  // sha256sum of "{}\n".
  expect(manifest).toEqual({
    files: {
      'results.json': { bytes: 3, sha256: 'ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356' },
    },
  });
});

it('a trial that fails is recorded with its reason, and the rest goes on', async () => {
  const results = await keep(createResultsFolder(folder(), text, '/'));
  const measure: TrialRun['measure'] = async (trial, path) => {
    await writeFile(join(path, 'half'), 'of it');
    if (trial.id === 'p1-r2') throw new Error('no node has room');
  };
  expect((await run(results, { measure })).counts).toEqual({ finished: 3, failed: 1, left: 0 });
  expect(results.states().get('p1-r2')).toEqual({ status: 'failed', reason: 'no node has room' });
  expect(await readdir(join(folder(), 'trials/p1-r2.failed'))).toEqual(['half']);
  expect((await run(results)).told).toEqual([]);
  expect((await run(results, { retryFailed: true })).counts).toEqual({ finished: 4, failed: 0, left: 0 });
  expect(await readdir(join(folder(), 'trials'))).not.toContain('p1-r2.failed');
});

it('an abort leaves the trial to be measured anew', async () => {
  const results = await keep(createResultsFolder(folder(), text, '/'));
  const stop = new AbortController();
  const measure: TrialRun['measure'] = async (trial, path) => {
    await writes(trial, path);
    if (trial.id === 'p2-r1') stop.abort(new Error('Ctrl-C'));
  };
  await expect(run(results, { measure, signal: stop.signal })).rejects.toThrow('Ctrl-C');
  await close();
  const again = await keep(openResultsFolder(folder()));
  expect((await run(again)).told[0]).toBe('trial-begun p2-r1');
});

it('a full disk ends the experiment without a failed trial', async () => {
  const results = await keep(createResultsFolder(folder(), text, '/'));
  const measure = () => Promise.reject(Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }));
  await expect(run(results, { measure })).rejects.toThrow('no space left');
  expect(results.states().get('p1-r1')).toEqual({ status: 'begun' });
});

it('what was complete before a kill counts, though the journal does not say so', async () => {
  const results = await keep(createResultsFolder(folder(), text, '/'));
  await run(results);
  await close();
  const journal = join(folder(), 'journal.jsonl');
  const lines = (await readFile(journal, 'utf8')).split('\n');
  // The last event is lost, and half of another was written.
  await writeFile(journal, `${lines.slice(0, -2).join('\n')}\n{"type":"tri`);
  const again = await keep(openResultsFolder(folder()));
  expect((await run(again)).counts).toEqual({ finished: 4, failed: 0, left: 0 });
  expect((await run(again)).told).toEqual([]);
});

it('a process that is killed at any moment loses no finished trial', async () => {
  const program = `
    import { readExperiment } from '@vhive/core/experiments/read-experiment';
    import { trialsOf } from '@vhive/core/experiments/trials';
    import { writeFile } from 'node:fs/promises';
    import { openResultsFolder } from '${import.meta.dirname}/results-folder.ts';
    import { runTrials } from '${import.meta.dirname}/run-trials.ts';
    const results = await openResultsFolder(process.argv[1]);
    const trials = trialsOf(readExperiment(results.experimentFile), () => 0);
    await runTrials({
      trials, results, retryFailed: false, signal: new AbortController().signal,
      tell: ({ type, trial }) => process.stdout.write(type + ' ' + trial.id + '\\n'),
      measure: (_, path) => writeFile(path + '/results.json', '{}'),
    });`;
  await keep(createResultsFolder(folder(), text, '/'));
  await close();
  for (const { id } of trials) {
    const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', program, folder()], {
      ...{ cwd: import.meta.dirname, stdio: ['ignore', 'pipe', 'inherit'] },
    });
    const exited = once(child, 'exit');
    let told = '';
    for await (const chunk of child.stdout ?? []) {
      told += chunk;
      if (told.includes('trial-begun')) child.kill('SIGKILL');
    }
    await exited;
    expect(told).toContain(`trial-begun ${id}`);
    // Whatever the kill came in the way of, the next one begins with a trial that is not finished yet.
    const results = await openResultsFolder(folder());
    const states = results.states();
    await results.close();
    for (const line of told.split('\n')) {
      const [type, trial = ''] = line.split(' ');
      if (type === 'trial-finished') expect(states.get(trial)?.status).toBe('finished');
    }
    if (states.get(id)?.status !== 'finished') {
      const rest = await keep(openResultsFolder(folder()));
      await run(rest, { trials: trials.filter((one) => one.id === id) });
      await close();
    }
  }
}, 60_000);

it('a folder is used by one process, for one experiment', async () => {
  await keep(createResultsFolder(folder(), text, '/'));
  await expect(openResultsFolder(folder())).rejects.toThrow('another process measures in');
  await expect(createResultsFolder(folder(), text, '/')).rejects.toThrow('has the results of an experiment already');
  await expect(openResultsFolder(directory)).rejects.toThrow('is no folder of an experiment');
  await close();
  await appendFile(join(folder(), 'journal.jsonl'), 'nonsense\n');
  await expect(openResultsFolder(folder())).rejects.toThrow('is no journal of an experiment');
});
