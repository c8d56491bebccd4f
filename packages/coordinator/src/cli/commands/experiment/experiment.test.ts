import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exampleTrial } from '@vhive/core/experiments/trial.fixture';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cli } from '../../run-cli.fixture.ts';

const good =
  'name: mine\nrepetitions: 2\nfunctions: [{ name: helloworld }]\nload: { durationSeconds: 30 }\nsweep: { over: { load.rps: [1, 2] } }\n';

let directory: string;
const at = (name: string) => join(directory, name);
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'vhive-experiment-cli-'));
  await writeFile(at('e.yaml'), good);
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const experiment = (...words: string[]) => cli(['experiment', ...words], {}, { HOME: directory });

it('validate says how much an experiment is', async () => {
  const { exitCode, stdout } = await experiment('validate', at('e.yaml'));
  expect(exitCode).toBe(0);
  expect(stdout).toContain('is valid: 2 points, 2 repetitions: 4 trials; the load alone takes 2 min');
});

it('plan shows every trial in the order of the seed, which is always the same', async () => {
  const plan = async () => (await experiment('plan', at('e.yaml'), '--output', 'json')).lines();
  const lines = await plan();
  const trials = lines.flatMap((line) => (line.type === 'trial' ? [line] : []));
  expect(trials.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
  expect(trials.map(({ trial }) => trial).toSorted()).toEqual(['p1-r1', 'p1-r2', 'p2-r1', 'p2-r2']);
  expect(trials[0]?.values).toEqual({ 'load.rps': trials[0]?.trial.startsWith('p1') ? 1 : 2 });
  expect(lines.at(-1)).toMatchObject({ type: 'result', exitCode: 0 });
  expect((await plan()).slice(0, -1).map((line) => ('trial' in line ? line.trial : ''))).toEqual(
    trials.map(({ trial }) => trial),
  );
});

it.each([
  [['validate', 'missing.yaml'], 2, 'the experiment file missing.yaml cannot be read: ENOENT'],
  [['plan', 'missing.yaml'], 2, 'cannot be read'],
  [['report', '/nowhere'], 2, '/nowhere has no results of an experiment'],
  [['resume', '/nowhere'], 2, '/nowhere is no folder of an experiment'],
  [['report'], 2, "missing required argument 'dir'"],
] as const)('%j ends with %i', async (words, code, message) => {
  const { exitCode, stderr } = await experiment(...words);
  expect(exitCode).toBe(code);
  expect(stderr).toContain(message);
});

it('a file that cannot be is told with its lines, and nothing is made', async () => {
  await writeFile(at('bad.yaml'), `${good}lod: 1\nrepetition: 2\n`);
  const { exitCode, stderr } = await experiment('run', at('bad.yaml'), '--results', at('results'));
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/bad\.yaml:6: lod: there is no such key/);
  expect(stderr).toMatch(/bad\.yaml:7: repetition: there is no such key \(did you mean repetitions\?\)/);
  expect(await readdir(directory)).not.toContain('results');
});

it('a cluster that does not answer is told before anything is made', async () => {
  const cluster = { name: 'c', cluster: { server: 'https://127.0.0.1:1' } };
  const context = { name: 'c', context: { cluster: 'c', user: 'u' } };
  const config = { 'current-context': 'c', clusters: [cluster], contexts: [context], users: [{ name: 'u', user: {} }] };
  await writeFile(at('kubeconfig'), JSON.stringify(config));
  const words = ['run', at('e.yaml'), '--results', at('results'), '--kubeconfig', at('kubeconfig')];
  const { exitCode, stderr } = await experiment(...words);
  expect(exitCode).toBe(6);
  expect(stderr).toContain('the API server https://127.0.0.1:1');
  expect(await readdir(directory)).not.toContain('results');
});

it('report writes a page of what is measured so far', async () => {
  await mkdir(at('results/trials/p1-r1'), { recursive: true });
  await writeFile(at('results/experiment.yaml'), good);
  await writeFile(at('results/journal.jsonl'), '{"type":"trial-fai');
  await writeFile(at('results/trials/p1-r1/trial.json'), JSON.stringify(exampleTrial('p1', 1)));
  const { exitCode, stdout } = await experiment('report', at('results'));
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`report: ${at('results/report.html')}`);
  expect(await readFile(at('results/report.html'), 'utf8')).toContain('1 trial measured, 0 failed, 3 not measured yet');
});
