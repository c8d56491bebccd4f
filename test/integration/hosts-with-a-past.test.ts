import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { treeLines } from '../support/directory-tree.ts';
import { SimulatedCluster } from '../support/simulated-cluster.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 60_000 });

let cluster: SimulatedCluster;

beforeEach(async () => {
  cluster = await SimulatedCluster.create();
});
afterEach(() => cluster.stop());

const up = async (count: number, ...args: string[]) => {
  const program = await cluster.upSimulated(count, ...args);
  await program.ended;
  return program;
};

/** Puts a file on a machine. */
async function put(name: string, path: string, content = 'theirs\n') {
  const file = join(cluster.ownMachines, name, 'root', path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
}

/** The files that a refused run must have left as they were. */
const pictureOf = async (name: string) => await treeLines(join(cluster.ownMachines, name, 'root'));

it('a worker of another cluster is refused by its CA before anything is changed, and the next cluster is not waited for', async () => {
  expect(await (await up(2, '--until', 'nodes-ready')).result()).toMatchObject({ exitCode: 0 });
  // The master is imaged anew, and the worker is not.
  for (const path of ['sim-1/root/etc/kubernetes', 'sim-1/root/var/lib/kubelet', 'cluster'])
    await rm(join(cluster.ownMachines, path), { recursive: true });
  const before = await pictureOf('sim-2');
  const again = await up(2, '--until', 'nodes-ready');
  expect(await again.result()).toMatchObject({ exitCode: 3 });
  expect(again.stderr).toMatch(/sim-2 is a node of another cluster.*none on sim-1 yet/);
  expect(await pictureOf('sim-2')).toEqual(before);
});

it('data of others on the master, certificates and a pod network of others on a worker: refused, named, and left as they were', async () => {
  await put('sim-1', '/var/lib/etcd/member/snap/db');
  await put('sim-1', '/etc/kubernetes/pki/ca.key');
  await put('sim-2', '/etc/kubernetes/kubelet.conf', 'server: https://10.20.30.40:6443\n');
  await put('sim-2', '/etc/cni/net.d/05-cilium.conflist');
  const run = await up(2, '--until', 'control-plane');
  expect(await run.result()).toMatchObject({ exitCode: 3 });
  for (const path of [
    '/etc/kubernetes/pki/ca.key',
    '/var/lib/etcd/member',
    '/etc/kubernetes/kubelet.conf',
    '05-cilium.conflist',
  ])
    expect(run.stderr).toContain(path);
  expect(await readFile(join(cluster.ownMachines, 'sim-1/root/etc/kubernetes/pki/ca.key'), 'utf8')).toBe('theirs\n');
  expect((await pictureOf('sim-2')).filter((line) => line.includes('containerd'))).toEqual([]);
});

it('a dry run names every file that it would replace and every reset, and a run of it is as said', async () => {
  const theirs = [
    '/usr/local/bin/containerd',
    '/usr/local/sbin/runc',
    '/etc/containerd/config.toml',
    '/etc/crictl.yaml',
  ];
  for (const path of theirs) await put('sim-1', path);
  const fresh = await up(1, '--dry-run');
  expect(await fresh.result()).toMatchObject({ outcome: 'checked' });
  const changes = fresh.lines().flatMap((line) => (line.type === 'task' ? (line.changes ?? []) : []));
  for (const path of theirs) expect(changes.filter((change) => change.startsWith(`${path}: `))).toHaveLength(1);
  for (const path of theirs)
    expect(await readFile(join(cluster.ownMachines, 'sim-1/root', path), 'utf8')).toBe('theirs\n');
  expect(changes.filter((change) => change.includes('kubeadm reset'))).toEqual([]);

  // What a kill in the middle of our own init leaves.
  await up(1, '--until', 'preflight');
  await put('sim-1', '/etc/kubernetes/pki/ca.key');
  const records = join(cluster.ownMachines, 'sim-1/agent/records');
  await mkdir(records, { recursive: true });
  await writeFile(join(records, 'kubeadm%2Einit.json'), JSON.stringify({ state: 'started', ca: null }));
  const again = await up(1, '--dry-run');
  const said = again.lines().flatMap((line) => (line.type === 'task' ? (line.changes ?? []) : []));
  expect(said).toContainEqual(expect.stringMatching(/kubeadm reset removes.*\/etc\/kubernetes\/pki\/ca\.key/));
  expect(await readFile(join(cluster.ownMachines, 'sim-1/root/etc/kubernetes/pki/ca.key'), 'utf8')).toBe('theirs\n');
  expect(await (await up(1, '--until', 'control-plane')).result()).toMatchObject({ exitCode: 0 });
  await expect(readFile(join(cluster.ownMachines, 'sim-1/root/etc/kubernetes/pki/ca.key'), 'utf8')).rejects.toThrow(
    'ENOENT',
  );
});
