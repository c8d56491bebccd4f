import { LAB_CLUSTER_FILE } from '@vhive/lab/cluster/agents';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JsonRun } from './cluster/json-run.ts';
import { LabCluster } from './cluster/lab-cluster.ts';
import { traceFiles } from './cluster/trace-files.ts';

// Experiments and a replay on three hosts with the real Knative: 20 functions need the room of two workers.

const FOLDER = '/root/measured';

let cluster: LabCluster;

beforeAll(async () => {
  cluster = await LabCluster.prepare();
  await cluster.hosts(3, 'serving');
  const { result, stderr } = await (await cluster.up('--nodes', '3')).outcome();
  expect(result, stderr).toMatchObject({ outcome: 'ready' });
  await cluster.run('host-1', ['mkdir', FOLDER]);
});

afterAll(() => cluster.down());

const put = (name: string, input: string) => cluster.run('host-1', ['tee', `${FOLDER}/${name}`], { input });
const read = (name: string) => cluster.run('host-1', ['cat', `${FOLDER}/${name}`]);

const experiment = `
name: rates
seed: 7
order: as-written
clusterFile: ${LAB_CLUSTER_FILE}
cluster:
  knative:
    config:
      autoscaler: { allow-zero-initial-scale: "true" }
functions:
  - name: helloworld
load:
  durationSeconds: 5
sweep:
  over:
    load.rps: [5, 10]
    functions.0.minScale: [0, 1]
`;

/** The trials of which lines say that they stand so. */
const trials = (run: JsonRun, wanted: string) =>
  run.of('trial').flatMap(({ status, trial }) => (status === wanted ? [trial] : []));

const hosts = ['host-1', 'host-2', 'host-3'];

/** Every node was told of once per second for as long as the load lasted, with figures of its own, and pods by name. */
function expectToldEachSecond(csv: string, loadSeconds: number): void {
  const [header = '', ...lines] = csv.trim().split('\n');
  const names = header.split(',');
  const rows = lines.map((line) => Object.fromEntries(line.split(',').map((cell, index) => [names[index], cell])));
  const byAgents = rows.filter(({ source }) => source === 'agent');
  for (const host of hosts) {
    const own = byAgents.filter(({ node, pod }) => node === host && pod === '');
    const times = own.map(({ time }) => Date.parse(time ?? '') / 1_000);
    const seconds = (times.at(-1) ?? 0) - (times[0] ?? 0);
    expect(own.length, host).toBeGreaterThanOrEqual(loadSeconds);
    expect((own.length - 1) / seconds, host).toBeGreaterThan(0.8);
    expect((own.length - 1) / seconds, host).toBeLessThan(1.2);
    for (const { cpuCores, memoryBytes, networkReceivedBytes, agentCores } of own) {
      expect(Number(cpuCores)).toBeGreaterThan(0);
      expect(Number(memoryBytes)).toBeGreaterThan(10e6);
      expect(Number(networkReceivedBytes)).toBeGreaterThan(0);
      expect(Number(agentCores)).toBeLessThan(0.2);
    }
  }
  expect(byAgents.map(({ pod }) => pod)).toContainEqual(expect.stringMatching(/^knative-serving\/activator-/));
}

it('nodes tell what they use', async () => {
  const top = await cluster.coordinator('nodes', 'top');
  await top.outcome();
  expect(
    top
      .of('usage')
      .map(({ node }) => node)
      .toSorted(),
  ).toEqual(hosts);
  for (const { simulated, network, pods } of top.of('usage')) {
    expect(simulated).toBe(false);
    expect(network?.receivedBytes).toBeGreaterThan(0);
    expect(pods.length).toBeGreaterThan(0);
  }
});

it('an experiment that is killed in the middle is resumed, and no finished trial is measured again', async () => {
  await put('experiment.yaml', experiment);
  const words = ['experiment', 'run', `${FOLDER}/experiment.yaml`, '--results', `${FOLDER}/rates`];
  const killed = await cluster.coordinator(...words);
  await killed.seen(
    (line) => line.type === 'trial' && line.trial === 'p2-r1' && line.stage === 'measuring',
    'the second trial is measured',
  );
  await cluster.run('host-1', ['pkill', '-KILL', '-f', 'experiment run']);
  await killed.ended;
  expect(trials(killed, 'finished')).toEqual(['p1-r1']);
  // Functions begin without a pod, since the experiment asked for a cluster where they may.
  const allowed = '{.data.allow-zero-initial-scale}';
  const config = ['configmap', 'config-autoscaler', '-o', `jsonpath=${allowed}`];
  expect(await cluster.kubectl('-n', 'knative-serving', 'get', ...config)).toBe('true');
  const before = await read('rates/trials/p1-r1/manifest.json');

  const resumed = await cluster.coordinator('experiment', 'resume', `${FOLDER}/rates`);
  const { result, stderr } = await resumed.outcome();
  expect(result, stderr).toMatchObject({ exitCode: 0, trials: { finished: 4, failed: 0, left: 0 } });
  expect(trials(resumed, 'begun')).toEqual(['p2-r1', 'p3-r1', 'p4-r1']);
  expect(await read('rates/trials/p1-r1/manifest.json')).toBe(before);

  for (const [trial, calls, pods] of [
    ['p1-r1', 25, 0],
    ['p2-r1', 25, 1],
    ['p3-r1', 50, 0],
    ['p4-r1', 50, 1],
  ] as const) {
    const record = JSON.parse(await read(`rates/trials/${trial}/trial.json`));
    expect(record).toMatchObject({ podsBefore: pods, totals: { planned: calls, ok: calls }, complaints: [] });
    expect(record.podsMost).toBeGreaterThanOrEqual(1);
    expect(record.usage).toMatchObject({ agents: hosts, missing: [] });
    expectToldEachSecond(await read(`rates/trials/${trial}/usage.csv`), 5);
    const { files } = JSON.parse(await read(`rates/trials/${trial}/manifest.json`));
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining(['calls.csv', 'cluster.json', 'pods.csv', 'results.json', 'trial.json', 'usage.csv']),
    );
  }
  const report = await cluster.coordinator('experiment', 'report', `${FOLDER}/rates`);
  expect((await report.outcome()).exitCode).toBe(0);
  expect(await read('rates/report.html')).toContain('4 trials measured, 0 failed.');
});

it('a trial whose function cannot answer fails with the reason, and the others are measured', async () => {
  const service = {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: 'bad' },
    spec: { template: { spec: { containers: [{ image: 'registry.k8s.io/no-such-image:v1' }] } } },
  };
  await put('bad.yaml', JSON.stringify(service));
  await put(
    'bad-experiment.yaml',
    'name: bad\norder: as-written\nfunctions: [{ name: mine, file: bad.yaml }]\nload: { durationSeconds: 1, timeoutSeconds: 20 }\nsweep: { over: { functions: [[{ name: mine, file: bad.yaml }], [{ name: helloworld }]] } }\n',
  );
  const run = await cluster.coordinator(
    ...['experiment', 'run', `${FOLDER}/bad-experiment.yaml`, '--results', `${FOLDER}/bad`],
  );
  const { result } = await run.outcome();
  expect(result).toMatchObject({ exitCode: 4, trials: { finished: 1, failed: 1, left: 0 } });
  expect(run.of('trial').find(({ status }) => status === 'failed')?.reason).toMatch(
    /no call was answered: .*no-such-image/s,
  );
});

// Three minutes of calls, and the deployment, the calibration and the deletion around them.
const REPLAY_MS = 600_000;

it('a trace of 20 functions is replayed for 3 minutes, and written as invitro does', {
  timeout: REPLAY_MS,
}, async () => {
  for (const [name, text] of Object.entries(traceFiles(20, 3))) await put(name, text);
  const words = ['replay', FOLDER, '--minutes', '3', '--cpu-limit', 'GCP', '--distribution', 'exponential_shift'];
  const run = await cluster.coordinator(
    ...words,
    '--output-dir',
    `${FOLDER}/replayed`,
    '--save-schedule',
    `${FOLDER}/calls.jsonl`,
  );
  const { result, stderr } = await run.outcome();
  expect(result, stderr).toMatchObject({ exitCode: 0, load: { planned: 240, sent: 240 } });
  expect(result.load?.ok).toBeGreaterThanOrEqual(228);
  const [header = '', ...rows] = (await read('replayed/experiment_duration_3.csv')).trim().split('\n');
  expect(header).toMatch(/^phase,instance,invocationID,startTime,requestedDuration,/);
  expect(rows).toHaveLength(240);
  const instances = new Set(rows.map((row) => /trace-func-\d+/.exec(row)?.[0]).filter(Boolean));
  expect(instances.size).toBe(20);
  expect((await read('calls.jsonl')).trim().split('\n')).toHaveLength(241);
  // What was deployed for it is gone.
  expect((await cluster.kubectl('get', 'services.serving.knative.dev', '-o', 'name')).trim()).toBe('');
});
