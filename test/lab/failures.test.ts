import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { attempts, type JsonRun, taskStarted } from './cluster/json-run.ts';
import { LabCluster } from './cluster/lab-cluster.ts';

// A cluster is set up while things go wrong: a cable is cut, a worker is broken, and a worker never comes back.

let cluster: LabCluster;
let run: JsonRun;

beforeAll(async () => {
  cluster = await LabCluster.prepare();
  await cluster.hosts(3);
});

afterAll(() => cluster.down());

const nodeLine = (name: string, status: 'reachable' | 'unreachable') => (line: JsonRun['lines'][number]) =>
  line.type === 'nodes' && line.nodes.some((node) => node.name === name && node.status === status);

it('a worker without its cable for a minute is shown as unreachable and goes on when it is back', async () => {
  // This makes containerd on another worker fail, which the next test needs.
  await cluster.run('host-3', ['touch', '/var/lib/containerd']);
  run = await cluster.up();
  await run.seen(taskStarted('system/host-2', 'packages'), 'packages of host-2 under way');
  const known = run.lines.length;
  await cluster.link('host-2', 'down');
  const plugIn = sleep(60_000).then(() => cluster.link('host-2', 'up'));
  await run.seen(nodeLine('host-2', 'unreachable'), 'host-2 unreachable');
  await plugIn;
  const cut = run.lines.slice(known);
  expect(cut.some((line) => line.type === 'step' && line.step === 'runtime/host-2')).toBe(false);
  await run.seen((line) => run.lines.indexOf(line) > known && nodeLine('host-2', 'reachable')(line), 'host-2 back');
  await run.seen((line) => line.type === 'step' && line.step === 'runtime/host-2', 'runtime of host-2');
  const { result, stderr } = await run.outcome();
  expect(result.nodes?.map(({ name, outcome }) => [name, outcome])).toEqual([
    ['host-1', 'ready'],
    ['host-2', 'ready'],
    ['host-3', 'failed'],
    ['@coordinator', 'ready'],
  ]);
  expect(stderr).toMatch(/host-2 is unreachable .*\n(.*\n)*.*host-2 is reachable again/);
  expect(attempts(run)['system/host-2']).toBe(1);
});

it('a broken worker fails alone, told with node, step, command and its last lines', async () => {
  const { exitCode, result, stderr } = await run.outcome();
  expect(result).toMatchObject({ outcome: 'failed', exitCode: 4 });
  expect(exitCode).toBe(4);
  const failure = result.nodes?.find(({ name }) => name === 'host-3')?.failure;
  expect(failure).toMatchObject({ phase: 'runtime', step: 'runtime/host-3' });
  expect(failure?.message).toContain('containerd.service');
  expect(failure?.lastLines?.join('\n')).toContain('/var/lib/containerd');
  expect(failure?.hint).toBeDefined();
  for (const word of ['host-3', 'runtime', 'systemctl', 'not a directory', 'vhive-coord retry'])
    expect(stderr).toContain(word);
  expect(await cluster.nodes()).toEqual({ 'host-1': 'Ready', 'host-2': 'Ready' });
});

it('once it is repaired, retry does the rest', async () => {
  await cluster.run('host-3', ['rm', '/var/lib/containerd']);
  const retry = await cluster.coordinator('retry');
  const { exitCode, result, stderr } = await retry.outcome();
  expect(result, stderr).toMatchObject({ outcome: 'ready', exitCode: 0 });
  expect(exitCode).toBe(0);
  expect(await cluster.nodes()).toEqual({ 'host-1': 'Ready', 'host-2': 'Ready', 'host-3': 'Ready' });
  const again = Object.entries(attempts(retry)).flatMap(([step, count]) => (count > 1 ? [step] : []));
  expect(again.sort(), 'routes had left out the pods of the failed node, and the last looks came before it').toEqual([
    ...['inspection/host-1', 'inspection/host-2', 'network-routes/host-1', 'network-routes/host-2'],
    ...['ready-pods/host-1', 'runtime/host-3'],
  ]);
  const range = await cluster.kubectl('get', 'node', 'host-3', '-o', 'jsonpath={.spec.podCIDR}');
  const { address } = await cluster.host('host-3');
  for (const name of ['host-1', 'host-2'])
    expect(await cluster.run(name, ['ip', 'route', 'show', range]), name).toContain(`via ${address} `);
  expect((await (await cluster.up()).outcome()).result).toMatchObject({ outcome: 'ready', changed: 0 });
});

it('a worker cut off for good is given up and named, and the others are ready', async () => {
  await cluster.configure('limits:\n  giveUpAfterSeconds: 30\n');
  await cluster.hosts(4);
  run = await cluster.up('--nodes', '4');
  await run.seen(taskStarted('system/host-4', 'packages'), 'packages of host-4 under way');
  await cluster.link('host-4', 'down');
  const { exitCode, result, stderr } = await run.outcome();
  expect(result).toMatchObject({ outcome: 'failed', exitCode: 4 });
  expect(exitCode).toBe(4);
  const [one, two, three, four] = result.nodes ?? [];
  expect([one, two, three].map((node) => node?.outcome)).toEqual(['ready', 'ready', 'ready']);
  expect(four).toMatchObject({ name: 'host-4', outcome: 'failed', failure: { code: 'unreachable' } });
  expect(four?.failure?.message).toContain('host-4 is unreachable since');
  expect(stderr).toContain(four?.failure?.message);
  expect(await cluster.nodes()).toEqual({ 'host-1': 'Ready', 'host-2': 'Ready', 'host-3': 'Ready' });
});

it('comes in with a retry once its cable is plugged in again', async () => {
  await cluster.link('host-4', 'up');
  const { result, stderr } = await (await cluster.coordinator('retry', '--node', 'host-4')).outcome();
  expect(result, stderr).toMatchObject({ outcome: 'ready', exitCode: 0 });
  expect(Object.values(await cluster.nodes())).toEqual(['Ready', 'Ready', 'Ready', 'Ready']);
});

it('a pod that waiting does not heal: people are told why, and it ends the wait with that reason within a minute', async () => {
  const proxy = ['daemonset', 'kube-proxy', '-n', 'kube-system', '-o'];
  const image = await cluster.kubectl('get', ...proxy, 'jsonpath={.spec.template.spec.containers[0].image}');
  const stuck = {
    root: { containers: [{ name: 'main', image, securityContext: { runAsNonRoot: true } }] },
    nowhere: { containers: [{ name: 'main', image }], nodeSelector: { 'kubernetes.io/hostname': 'nobody' } },
  };
  const reasons = {
    root: /pod default\/root \(on host-\d\): main: CreateContainerConfigError, container has runAsNonRoot and image will run as root/,
    nowhere: /pod default\/nowhere \(not scheduled\): Pending, 0\/4 nodes are available: .*3 node\(s\) didn't match/,
  };
  for (const name of ['root', 'nowhere'] as const) {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: stuck[name] };
    await cluster.run('host-1', ['kubectl', 'apply', '-f', '-'], { input: JSON.stringify(pod) });
    run = await cluster.up('--nodes', '4');
    await run.seen((line) => line.type === 'reasons' && line.reasons.some((each) => reasons[name].test(each)), name);
    const { result, stderr } = await run.outcome();
    expect(result, stderr).toMatchObject({ outcome: 'failed', exitCode: 4 });
    const [end] = run.of('step').filter(({ status }) => status === 'failed');
    expect(end).toMatchObject({ step: 'ready-pods/host-1', attempt: 1, failure: { permanent: true } });
    expect(end?.failure?.message).toMatch(reasons[name]);
    expect(end?.seconds).toBeLessThan(60);
    await cluster.kubectl('delete', 'pod', name, '--wait=true', '--timeout=90s');
  }
  expect((await (await cluster.up('--nodes', '4')).outcome()).result).toMatchObject({ outcome: 'ready', changed: 0 });
});
