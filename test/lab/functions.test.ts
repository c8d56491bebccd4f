import { afterAll, beforeAll, expect, it } from 'vitest';
import { callAt, greeterImage } from './cluster/functions.ts';
import type { JsonOutcome, JsonRun } from './cluster/json-run.ts';
import { LabCluster } from './cluster/lab-cluster.ts';
import { functionsGateway } from './cluster/stack.ts';

// Functions are deployed, called and deleted on two hosts with the real Knative. Each test begins where the one before it
// ended.

const NAMESPACE = 'fn';
const ENDPOINTS = '/root/endpoints.json';

let cluster: LabCluster;

beforeAll(async () => {
  cluster = await LabCluster.prepare();
  await cluster.hosts(2, 'serving');
  const { result, stderr } = await (await cluster.up('--nodes', '2')).outcome();
  expect(result, stderr).toMatchObject({ outcome: 'ready' });
  await cluster.kubectl('create', 'namespace', NAMESPACE);
});

afterAll(() => cluster.down());

async function fn(...words: string[]): Promise<JsonOutcome & { run: JsonRun }> {
  const run = await cluster.coordinator('fn', ...words, '--namespace', NAMESPACE);
  return { ...(await run.outcome()), run };
}

const names = async (kinds: string, ...words: string[]) =>
  (await cluster.kubectl('get', kinds, '--namespace', NAMESPACE, '-o', 'name', ...words)).split('\n').filter(Boolean);
const podsOf = (name: string) => names('pods', '-l', `serving.knative.dev/service=${name}`);

const endpoints = async () => {
  const listed = JSON.parse(await cluster.run('host-1', ['cat', ENDPOINTS])) as { hostname: string }[];
  return listed.map(({ hostname }) => hostname);
};

it('copies of a shipped function become Ready, and answer at their endpoints', async () => {
  const scaling = ['--env', 'MARK=1', '--max-scale', '3'];
  const { exitCode, stderr, run } = await fn(
    'deploy',
    'helloworld',
    '--count',
    '2',
    ...scaling,
    '--endpoints-file',
    ENDPOINTS,
  );
  expect(exitCode, stderr).toBe(0);
  expect(
    run
      .of('function-deployed')
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(['helloworld-0', 'helloworld-1']);
  const hosts = await endpoints();
  expect(hosts).toEqual([expect.stringMatching(/^helloworld-0\.fn\./), expect.stringMatching(/^helloworld-1\.fn\./)]);
  const address = await functionsGateway(cluster);
  for (const authority of hosts) expect(await callAt({ address, port: 80, authority }, 'lab')).toContain('lab');
  const { run: list } = await fn('ls');
  expect(list.of('function').map(({ name, ready }) => [name, ready])).toEqual([
    ['helloworld-0', true],
    ['helloworld-1', true],
  ]);
});

it('deploying the same again changes nothing', async () => {
  const before = await names('revisions');
  const scaling = ['--env', 'MARK=1', '--max-scale', '3'];
  expect((await fn('deploy', 'helloworld', '--count', '2', ...scaling, '--endpoints-file', ENDPOINTS)).exitCode).toBe(
    0,
  );
  expect(await names('revisions')).toEqual(before);
});

it('scales to zero, and back for a call', async () => {
  await expect.poll(() => podsOf('helloworld-0'), { timeout: 200_000, interval: 2_000 }).toEqual([]);
  const { run } = await fn('describe', 'helloworld-0');
  expect(run.of('function-details')).toMatchObject([{ ready: true, pods: { all: 0 }, podList: [] }]);
  const [authority = ''] = await endpoints();
  expect(await callAt({ address: await functionsGateway(cluster), port: 80, authority }, 'cold')).toContain('cold');
  const after = await fn('describe', 'helloworld-0');
  expect(after.run.of('function-details')[0]?.podList).toEqual([
    {
      name: expect.stringMatching(/^helloworld-0-00001-deployment-/),
      node: expect.stringMatching(/^host-/),
      ready: true,
      state: 'ready',
    },
  ]);
  const logs = await fn('logs', 'helloworld-0');
  expect(logs.run.of('function-log').map(({ container }) => container)).toContain('user-container');
});

it('a load of a function without pods begins with cold starts, and goes on with warm ones', async () => {
  await expect.poll(() => podsOf('helloworld-1'), { timeout: 200_000, interval: 2_000 }).toEqual([]);
  const [, authority = ''] = await endpoints();
  const how = [
    '--gateway',
    await functionsGateway(cluster),
    '--rps',
    '5',
    '--time',
    '20s',
    '--output-dir',
    '/root/cold',
  ];
  const { result, stderr } = await (await cluster.coordinator('invoke', authority, ...how)).outcome();
  expect(result, stderr).toMatchObject({ exitCode: 0, load: { planned: 100, ok: 100 } });
  const rows = (await cluster.run('host-1', ['cat', '/root/cold/calls.csv'])).trim().split('\n').slice(1);
  const starts = rows
    .map((row) => row.split(','))
    .toSorted(([one], [other]) => Number(one) - Number(other))
    .map((cells) => cells[9]);
  expect(starts[0]).toBe('cold');
  expect(starts.at(-1)).toBe('warm');
  expect(starts.lastIndexOf('cold')).toBeLessThan(starts.indexOf('warm'));
  const known = result.load?.starts;
  expect(known?.cold.p50).toBeGreaterThan(known?.warm.p50 ?? Number.POSITIVE_INFINITY);
});

it('a load is sent by the agents of both hosts at once, and becomes one result', async () => {
  const authorities = await endpoints();
  const how = ['--gateway', await functionsGateway(cluster), '--rps', '40', '--time', '15s', '--warm-up', '5s'];
  const where = ['--from', 'host-1,host-2', '--output-dir', '/root/from'];
  const run = await cluster.coordinator('invoke', ...authorities, ...how, ...where);
  const { result, stderr } = await run.outcome();
  expect(result, stderr).toMatchObject({ exitCode: 0, load: { planned: 600, sent: 600, ok: 600, askedRps: 40 } });
  const rows = (await cluster.run('host-1', ['cat', '/root/from/calls.csv'])).trim().split('\n').slice(1);
  const calls = rows.map((row) => row.split(','));
  const shares = calls.map((cells) => `${Number(cells[0]) % 2} ${cells.at(-1)}`);
  expect(Map.groupBy(shares, (share) => share)).toEqual(
    new Map(['0 host-1', '1 host-2'].map((share) => [share, Array.from({ length: 400 }, () => share)])),
  );
  const { generators } = JSON.parse(await cluster.run('host-1', ['cat', '/root/from/results.json'])) as {
    generators: { startedAt: string; clockOffsetMs: number; totals: { ok: number } }[];
  };
  // Both hosts have the clock of this machine.
  expect(generators.map(({ clockOffsetMs }) => Math.abs(clockOffsetMs) < 50)).toEqual([true, true]);
  expect(generators.map(({ totals }) => totals.ok)).toEqual([300, 300]);
  const progress = run.of('load-progress').map(({ node }) => node);
  expect(new Set(progress)).toEqual(new Set(['host-1', 'host-2']));
});

it('one whose image is not there fails within its time, with the reason and without an endpoint; the others stay', async () => {
  const service = (name: string, image: string) => ({
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name },
    spec: {
      template: {
        spec: {
          containers: [{ image, imagePullPolicy: 'IfNotPresent', ports: [{ name: 'h2c', containerPort: 50051 }] }],
        },
      },
    },
  });
  const documents = [service('good', greeterImage), service('bad', 'registry.k8s.io/no-such-image:v1')].map((each) =>
    JSON.stringify(each),
  );
  await cluster.run('host-1', ['tee', '/root/two.yaml'], { input: documents.join('\n---\n') });
  const { result, run } = await fn('deploy', '/root/two.yaml', '--timeout', '2m', '--endpoints-file', ENDPOINTS);
  expect(result).toMatchObject({
    exitCode: 4,
    code: 'step-failed',
    message: expect.stringMatching(/1 of 2 functions are Ready; failed:\n {2}bad: /),
  });
  expect(
    run
      .of('function-deployed')
      .find(({ name }) => name === 'bad')
      ?.reasons?.join('\n'),
  ).toMatch(/no-such-image/);
  expect(await endpoints()).toEqual([expect.stringMatching(/^good\./)]);
});

it('deletes some, then all, with their pods', async () => {
  expect((await fn('delete', 'helloworld-*')).exitCode).toBe(0);
  expect(await podsOf('helloworld-0')).toEqual([]);
  const { run, exitCode } = await fn('delete', '--all');
  expect(exitCode).toBe(0);
  expect(
    run
      .of('function-deleted')
      .map(({ name }) => name)
      .toSorted(),
  ).toEqual(['bad', 'good']);
  expect(await names('services.serving.knative.dev,revisions,pods')).toEqual([]);
  expect((await fn('delete', 'good')).exitCode).toBe(4);
  expect((await fn('delete', '--all')).exitCode).toBe(0);
});
