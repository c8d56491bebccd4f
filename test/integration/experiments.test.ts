import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { grpcServer } from '@vhive/base/load/load-servers.fixture';
import { cli } from '@vhive/coordinator/cli/run-cli.fixture';
import type { KubernetesObject } from '@vhive/shared';
import { expect, it } from 'vitest';
import { experimentBed, knative } from '../support/experiment-bed.ts';

// Experiments and replays against a server that speaks Kubernetes' API, whose functions are all Ready at once, and a gateway
// of our own that answers for them.

const bed = experimentBed();
const { port, read, run, write } = bed;

const experiment = (more: object = {}) => ({
  ...{ name: 'rates', order: 'as-written', functions: [{ name: 'helloworld' }], deployTimeoutSeconds: 3 },
  load: { protocol: 'h2c', port: port(), durationSeconds: 0.2 },
  collect: { usage: false, logs: false },
  sweep: { over: { 'load.rps': [50, 100] } },
  ...more,
});

it('an experiment is measured point by point, and leaves no function', async () => {
  const file = await write('experiment.yaml', experiment());
  const results = join(bed.directory, 'results');
  const { exitCode, stderr, stdout } = await run('experiment', 'run', file, '--results', results);
  expect(exitCode, stderr + stdout).toBe(0);
  for (const [trial, calls] of [
    ['p1-r1', 10],
    ['p2-r1', 20],
  ] as const) {
    const record = JSON.parse(await read(`results/trials/${trial}/trial.json`));
    expect(record).toMatchObject({ podsBefore: 0, complaints: [], totals: { planned: calls, ok: calls } });
    expect(await read(`results/trials/${trial}/pods.csv`)).toMatch(/^time,function,.*\n.*,helloworld,0,0,0,0\n$/);
  }
  expect(bed.called).toEqual(Array.from({ length: 30 }, () => 'helloworld.default.functions.example.org'));
  expect(bed.server.get({ ...knative, metadata: { name: 'helloworld', namespace: 'default' } })).toBeUndefined();
  const again = await run('experiment', 'resume', results);
  expect(again.exitCode).toBe(0);
  expect(again.stdout).toContain('2 trials, 2 finished, 0 to be measured');
  expect(bed.called).toHaveLength(30);
});

it('nodes that there are not are refused before anything is measured, by validate too', async () => {
  bed.server.put({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', labels: { role: 'master' } } });
  const file = await write('experiment.yaml', experiment({ placement: { functions: { role: 'worker' } } }));
  const message = /placement\.functions: no node has role=worker\. The nodes are n1 \(role=master\)/;
  for (const words of [
    ['experiment', 'validate', file],
    ['experiment', 'run', file, '--results', join(bed.directory, 'results')],
  ]) {
    const { exitCode, stderr } = await run(...words);
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(message)]);
  }
  expect(await readdir(bed.directory)).not.toContain('results');
  const elsewhere = await cli(['experiment', 'validate', file], {}, { HOME: bed.directory });
  expect([elsewhere.exitCode, elsewhere.stderr]).toEqual([0, expect.stringContaining('is not checked')]);
});

it('warm functions have answered before the load', async () => {
  const file = await write('experiment.yaml', experiment({ reset: { to: 'warm' }, sweep: {} }));
  expect((await run('experiment', 'run', file, '--results', join(bed.directory, 'results'))).exitCode).toBe(0);
  // One call to warm it, and one for the load of one call per second.
  expect(bed.called).toHaveLength(2);
});

it('a point whose function does not become Ready fails with the reason, and the rest is measured', async () => {
  const service = {
    ...knative,
    metadata: { name: 'any' },
    spec: { template: { spec: { containers: [{ image: 'x' }] } } },
  };
  await write('mine.yaml', service);
  const functions = ['bad', 'good'].map((name) => [{ name, file: 'mine.yaml' }]);
  const file = await write('experiment.yaml', experiment({ sweep: { over: { functions } } }));
  const { exitCode, stdout, stderr } = await run(
    'experiment',
    'run',
    file,
    '--results',
    join(bed.directory, 'results'),
  );
  expect(exitCode).toBe(4);
  expect(stdout).toMatch(/failed after .*: bad is not Ready: .*no such image/);
  expect(stderr).toContain('1 of 2 trials failed');
  expect((await readdir(join(bed.directory, 'results/trials'))).sort()).toEqual(['p1-r1.failed', 'p2-r1']);
});

it('a point in which no call is answered fails with what calls said', async () => {
  const load = { protocol: 'greeter', port: port(), durationSeconds: 0.2 };
  const file = await write('experiment.yaml', experiment({ load, sweep: {} }));
  const { exitCode, stdout } = await run('experiment', 'run', file, '--results', join(bed.directory, 'results'));
  expect(exitCode).toBe(4);
  expect(stdout).toMatch(/failed after .*: no call was answered: /);
});

const pod = (isReady: boolean): KubernetesObject =>
  ({
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: { name: 'f-00001-x', namespace: 'default', labels: { 'serving.knative.dev/service': 'f' } },
    status: {
      phase: isReady ? 'Running' : 'Pending',
      conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }],
    },
  }) as KubernetesObject;

it('a call to a function without pods is a cold start, those that find a pod are warm, and results say so', async () => {
  bed.server.put({
    ...{ ...knative, metadata: { name: 'f', namespace: 'default' } },
    status: { url: 'http://f.default.functions.example.org' },
  } as KubernetesObject);
  // The first call brings a pod; it is answered once that is ready, as are all that come meanwhile.
  const waiting: (() => void)[] = [];
  let isThere = false;
  bed.gateway.removeAllListeners('request');
  bed.gateway.on('request', (_, response) => {
    if (isThere) return void response.end('fine');
    if (waiting.push(() => response.end('fine')) > 1) return;
    bed.server.put(pod(false));
    setTimeout(() => {
      bed.server.put(pod(true));
      isThere = true;
      for (const answer of waiting) answer();
    }, 1_500);
  });
  const words = ['f.default.functions.example.org', 'other.example.org', '--gateway', `127.0.0.1:${port()}`];
  const how = ['--protocol', 'h2c', '--rps', '20', '--time', '4', '--output-dir', join(bed.directory, 'out')];
  const { exitCode, stdout, stderr } = await run('invoke', ...words, ...how);
  expect(exitCode, stderr).toBe(0);
  const [, ...rows] = (await read('out/calls.csv')).trim().split('\n');
  const calls = rows
    .map((row) => row.split(','))
    .map(([, endpoint, , intended, , , , , , start]) => ({
      ...{ endpoint, start, at: Number(intended) / 1e6 },
    }));
  const ofFunction = calls.filter(({ endpoint }) => endpoint?.startsWith('f.'));
  expect(ofFunction).toHaveLength(40);
  // Of those just before the pod was told to be ready, nobody can say whether it had become ready when they were sent.
  const inOrder = ofFunction.toSorted((one, other) => one.at - other.at).map(({ start }) => start);
  expect(inOrder.filter((start, index) => start !== inOrder[index - 1])).toEqual(['cold', 'unknown', 'warm']);
  expect(
    calls.filter(({ endpoint }) => endpoint === 'other.example.org').every(({ start }) => start === 'unknown'),
  ).toBe(true);
  const { starts } = JSON.parse(await read('out/results.json')).totals;
  expect(starts.cold.count).toBe(ofFunction.filter(({ start }) => start === 'cold').length);
  expect(starts.warm.count).toBe(ofFunction.filter(({ start }) => start === 'warm').length);
  expect(starts.cold.count + starts.warm.count + starts.unknown).toBe(80);
  expect(starts.cold.max).toBeGreaterThan(1_400);
  expect(stdout).toMatch(/\ncold starts: \d+ \(p50 .*\); warm: \d+ \(p50 .*\); unknown: \d+\n/);
  expect(bed.server.watching).toBe(0);
});

it('a kubeconfig that is of no use is refused where it is named', async () => {
  const words = [
    'f.default.example.org',
    '--gateway',
    `127.0.0.1:${port()}`,
    '--output-dir',
    join(bed.directory, 'out'),
  ];
  const { exitCode } = await cli(['invoke', ...words, '--kubeconfig', '/nowhere'], {}, { HOME: bed.directory });
  expect(exitCode).toBe(2);
  const unasked = await cli(['invoke', ...words, '--protocol', 'h2c', '--time', '1'], {}, { HOME: bed.directory });
  expect(unasked.exitCode).toBe(0);
  expect(await read('out/calls.csv')).toContain(',ok,unknown,');
});

const hashes = 'HashOwner,HashApp,HashFunction';
async function writeTrace(): Promise<void> {
  const rows = (values: string) => ['f', 'g'].map((hash) => `o,a,${hash},${values}\n`).join('');
  const durations = [0, 1, 25, 50, 75, 99, 100].map((percent) => `percentile_Average_${percent}`).join(',');
  const memory = [1, 5, 25, 50, 75, 95, 99, 100].map((percent) => `AverageAllocatedMb_pct${percent}`).join(',');
  await write('invocations.csv', `${hashes},Trigger,1,2\n${rows('http,3,5')}`);
  await write('durations.csv', `${hashes},Average,${durations}\n${rows('2,2,2,2,2,2,2,2')}`);
  await write('memory.csv', `${hashes},${memory}\n${rows('8,8,8,8,8,8,8,8')}`);
}

it('a trace is replayed with functions that were measured before, and written as invitro does', async () => {
  await writeTrace();
  const asked: string[] = [];
  // Functions of this cluster are busy half as long as they are asked to.
  await using functions = await grpcServer({
    work: ({ request: { runtimeMs, memoryMb } }, answer) => {
      asked.push(`${runtimeMs} ms, ${memoryMb} MB`);
      answer(null, { text: 'OK - trace-func-0-00001-x', micros: runtimeMs * 500, memoryKb: memoryMb * 1024 });
    },
  });
  const words = [bed.directory, '--minutes', '1', '--warm-up', '1', '--speed', '300', '--port', String(functions.port)];
  const { exitCode, stdout, stderr } = await run('replay', ...words, '--output-dir', join(bed.directory, 'out'));
  expect(exitCode, stderr + stdout).toBe(0);
  expect(stdout).toContain('2 functions, 16 calls');
  expect(stdout).toContain('204 iterations keep a function busy for a millisecond here');
  expect(asked.filter((each) => each === '2 ms, 8 MB')).toHaveLength(16);
  const [header = '', ...rows] = (await read('out/experiment_duration_1.csv')).trim().split('\n');
  const cells = rows.map((row) => Object.fromEntries(row.split(',').map((cell, i) => [header.split(',')[i], cell])));
  expect(cells.map(({ phase }) => phase).sort()).toEqual([...Array(6).fill('1'), ...Array(10).fill('2')]);
  for (const { instance, requestedDuration, actualDuration, actualMemoryUsage, functionTimeout } of cells)
    expect([instance, requestedDuration, actualDuration, actualMemoryUsage, functionTimeout]).toEqual([
      'trace-func-0-00001-x',
      '2000',
      '1000',
      '8',
      'false',
    ]);
  const patched = bed.server.requests.flatMap(({ method, object }) => (method === 'PATCH' && object ? [object] : []));
  const services = patched.filter(({ metadata }) => /^trace-func-\d$/.test(metadata.name));
  expect(services.map(({ metadata }) => metadata.name).sort()).toEqual(['trace-func-0', 'trace-func-1']);
  expect(JSON.stringify(services[0])).toContain('{"name":"ITERATIONS_MULTIPLIER","value":"204"}');
  for (const { metadata } of services) expect(bed.server.get({ ...knative, metadata })).toBeUndefined();
});

it('a replay of which all calls fail ends with 4, and its results are there', async () => {
  await writeTrace();
  const words = [bed.directory, '--speed', '300', '--port', String(port()), '--iterations', '102', '--timeout', '5'];
  const { exitCode, stderr } = await run('replay', ...words, '--output-dir', join(bed.directory, 'out'));
  expect(exitCode).toBe(4);
  expect(stderr).toContain('all calls failed: ');
  expect((await read('out/experiment_duration_1.csv')).trim().split('\n')).toHaveLength(7);
});
