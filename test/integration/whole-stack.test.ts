import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Program } from '../support/program.ts';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

// These tests show what a person gets who changes nothing, or only the sandbox: everything up to a function that
// answers.
let cluster: SimulatedCluster;
beforeEach(async () => {
  cluster = await SimulatedCluster.create();
});
afterEach(() => cluster.stop());

const up = (nodes: number, ...args: string[]) =>
  cluster.run(['up', '--simulate', String(nodes), '--output', 'json', ...args]);

/** Returns what a run changed, task by task. */
const changesOf = (run: Program) =>
  run
    .lines()
    .flatMap((line) =>
      line.type === 'task' && line.status === 'changed'
        ? [`${line.step} ${line.task}: ${line.changes?.join('; ')}`]
        : [],
    );

/** Runs `up` until the cluster is ready, and returns the phases in which master and worker had steps. */
async function ready(nodes: number, ...args: string[]) {
  const run = await up(nodes, ...args);
  const result = await run.result();
  expect(result, run.stderr).toMatchObject({ outcome: 'ready', exitCode: 0 });
  expect(result.smokeTest).toMatchObject({ reply: '(simulated) Hello, vHive!' });
  const phasesOf = (name: string) => result.nodes?.find((node) => node.name === name)?.phases.map(({ phase }) => phase);
  return { run, result, master: phasesOf('sim-1'), worker: phasesOf('sim-2') };
}

/** Returns the path of a file of a simulated machine. */
const fileOf = (node: string, path: string) =>
  readFile(join(cluster.cacheDir, 'simulation', node, 'root', path), 'utf8');

/** Returns the files of the objects in the simulated cluster. Their names begin with the kind. */
const objects = () => readdir(join(cluster.cacheDir, 'simulation', 'cluster'));

it('the default: firecracker with load balancer, Knative, Eventing and registry; a second time nothing changes', async () => {
  const { result, master, worker } = await ready(3);
  expect(result.nodes?.filter(({ outcome }) => outcome === 'ready')).toHaveLength(4);
  expect(master).toEqual(
    expect.arrayContaining(['load-balancer', 'istio', 'serving', 'ingress', 'registry', 'eventing', 'ready']),
  );
  expect(worker).toEqual(expect.arrayContaining(['firecracker', 'vhive', 'registry']));
  expect(master).not.toContain('firecracker');
  expect(await fileOf('sim-2', '/var/lib/kubelet/kubeadm-flags.env')).toContain('/etc/vhive-cri/vhive-cri.sock');
  expect(await fileOf('sim-1', '/var/lib/kubelet/kubeadm-flags.env')).toContain('/run/containerd/containerd.sock');
  expect((await objects()).filter((name) => name.includes('smoke-test'))).toEqual([]);

  const again = await ready(3);
  expect(changesOf(again.run)).toEqual([]);
  expect(again.result).toMatchObject({ changed: 0 });
  expect(again.result.unchanged).toBeGreaterThan(150);
});

it('gVisor on two nodes', async () => {
  const { master, worker } = await ready(2, '--sandbox', 'gvisor');
  for (const phases of [master, worker]) expect(phases).toContain('gvisor');
  expect(worker).not.toContain('vhive');
  expect(await fileOf('sim-2', '/usr/local/bin/runsc')).toContain('SIMULATED');
  expect((await objects()).filter((name) => name.startsWith('RuntimeClass'))).toHaveLength(1);
  expect(changesOf((await ready(2, '--sandbox', 'gvisor')).run)).toEqual([]);
});

it('stock containerd with stargz on two nodes', async () => {
  const { master, worker } = await ready(2, '--sandbox', 'stock-only', '--stargz');
  for (const phases of [master, worker]) expect(phases).toContain('stargz');
  expect(await fileOf('sim-2', '/usr/local/bin/containerd-stargz-grpc')).toContain('SIMULATED');
  expect(changesOf((await ready(2, '--sandbox', 'stock-only', '--stargz')).run)).toEqual([]);
});

it('everything there is to choose, on two nodes', async () => {
  const config = await cluster.clusterFile({
    stargz: true,
    firecracker: { snapshots: true, smokeBoot: true },
    kubernetes: {
      maxPods: 240,
      containerLogMaxSize: '512Mi',
      kubeconfigOnWorkers: true,
      nodeLabels: { '*': { everywhere: 'yes' }, 'sim-2': { 'loader-nodetype': 'worker' } },
      kubeProxyConfiguration: { mode: 'nftables' },
    },
    knative: { domain: 'functions.example.org', config: { autoscaler: { 'initial-scale': '0' } } },
    registry: { cache: { enabled: true }, insecure: ['registry.example.org:5000'] },
    extras: {
      chrony: { enabled: true, servers: ['ntp.example.org'] },
      tuning: { smt: false, turbo: false, transparentHugePages: 'never', numaBalancing: false },
      zipkin: true,
      metricsServer: true,
      prometheus: { enabled: true },
      nvidia: true,
    },
  });
  const { master, worker } = await ready(2, '--config', config);
  const extras = ['registry-cache', 'kubeconfigs', 'tracing', 'metrics-server', 'prometheus'];
  expect(master?.concat(worker ?? [])).toEqual(expect.arrayContaining(extras));
  for (const phases of [master, worker]) expect(phases).toEqual(expect.arrayContaining(['tuning', 'chrony', 'nvidia']));
  const node = JSON.parse(await readFile(join(cluster.cacheDir, 'simulation', 'cluster', 'Node..sim-2.json'), 'utf8'));
  expect(node).toMatchObject({ metadata: { labels: { everywhere: 'yes', 'loader-nodetype': 'worker' } } });
  expect(changesOf((await ready(2, '--config', config)).run)).toEqual([]);
});
