import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type AgentActionName, agentActions, type ParamsIn } from '@vhive/shared';
import { expect, test } from 'vitest';
import { actions } from '../actions/index.ts';
import { testContext } from '../actions/kit/context.fixture.ts';
import type { AnyAction } from '../executor/action-table.ts';
import type { Host } from '../host/host.ts';
import { createSimulatedHost } from './simulated-host.ts';

async function simulated() {
  const directory = await mkdtemp(join(tmpdir(), 'vhive-simulated-'));
  const host = await createSimulatedHost({ directory, name: 'worker1', address: '127.0.0.2' });
  const context = Object.assign(await testContext(), { host });
  /** Checks, applies and checks again. Returns the outcome of one more check. */
  const bringAbout = async <N extends AgentActionName>(name: N, params: ParamsIn<N>) => {
    const action = actions[name] as AnyAction;
    const parsed = agentActions[name].params.parse(params);
    expect(await action.check(parsed, context)).toMatchObject({ converged: false });
    await action.apply(parsed, context);
    expect(await action.check(parsed, context)).toMatchObject({ converged: true });
  };
  return { host, context, bringAbout, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}

const pool = (dataGiB: number) => ({
  name: 'fc-dev-thinpool',
  directory: '/var/lib/pool',
  dataBytes: dataGiB * 2 ** 30,
  metadataBytes: 2 ** 31,
  unit: 'vhive-thin-pool.service',
  before: ['firecracker-containerd.service'],
});

const text = async (host: Host, path: string) => (await host.readFile(path))?.toString() ?? '';

test('a thin pool is made and grows', async () => {
  await using machine = await simulated();
  await machine.bringAbout('thin-pool', pool(100));
  expect((await machine.host.run(['dmsetup', 'table', 'fc-dev-thinpool'])).stdout.trim()).toBe(
    '0 209715200 thin-pool 7:1 7:0 128 32768 1 skip_block_zeroing',
  );
  const unit = await text(machine.host, '/etc/systemd/system/vhive-thin-pool.service');
  expect(unit).toContain('Before=firecracker-containerd.service\n');
  expect(unit).toContain('ExecStart=/usr/local/libexec/vhive/thin-pool-fc-dev-thinpool\n');
  expect(await machine.host.stat('/usr/local/libexec/vhive/thin-pool-fc-dev-thinpool')).toMatchObject({ mode: '0755' });
  await machine.bringAbout('thin-pool', pool(200));
  await machine.host.run(['dmsetup', 'remove', 'fc-dev-thinpool']);
  await machine.bringAbout('thin-pool', pool(200));
});

test('a table of nftables is loaded and replaced', async () => {
  await using machine = await simulated();
  const table = { family: 'ip', table: 'vhive', unit: 'vhive-microvm-network.service' } as const;
  await machine.bringAbout('nftables.table', { ...table, rules: 'chain forward {}' });
  await machine.bringAbout('nftables.table', { ...table, rules: 'chain postrouting {}' });
});

test('entries of /etc/hosts, values in /sys, secrets', async () => {
  await using machine = await simulated();
  await machine.bringAbout('hosts.entry', { names: ['registry.local'], address: '10.96.0.5' });
  await machine.host.writeFile('/sys/kernel/mm/ksm/run', '1\n', { mode: '0644' });
  await machine.bringAbout('sysfs', {
    file: 'vhive.conf',
    settings: [
      { title: 'no merging of pages', paths: [{ path: '/sys/kernel/mm/ksm/run', value: '0' }] },
      { title: 'turbo off', paths: [{ path: '/sys/none', value: '1' }] },
    ],
  });
  expect(await text(machine.host, '/sys/kernel/mm/ksm/run')).toBe('0');
  const sealed = machine.context.seal('X', 'a secret');
  await machine.bringAbout('secret.file', { sealed, path: '/root/.kube/config' });
});

test.each(['istioctl', 'helm'])('%s prints a manifest', async (program) => {
  await using machine = await simulated();
  const path = '/var/lib/vhive/manifest.yaml';
  await machine.bringAbout('manifest.render', { argv: [`/usr/local/bin/${program}`, 'template'], path });
  expect(await text(machine.host, path)).toMatch(/^# SIMULATED\n/);
});

const sockets: Record<string, string> = {
  'demux-snapshotter': '/var/lib/demux-snapshotter/snapshotter.sock',
  'firecracker-containerd': '/run/firecracker-containerd/containerd.sock',
  'stargz-snapshotter': '/run/containerd-stargz-grpc/containerd-stargz-grpc.sock',
  vhive: '/etc/vhive-cri/vhive-cri.sock',
};
const service = (name: string) => ({
  name: `${name}.service`,
  content: '[Service]\n',
  state: 'running' as const,
  readyPath: sockets[name] ?? '',
});

test.each(Object.keys(sockets))('%s has a socket once it runs', async (name) => {
  await using machine = await simulated();
  await machine.host.makeDirectory(dirname(sockets[name] ?? ''));
  await machine.bringAbout('systemd.unit', service(name));
});

test.each(['demux-snapshotter', 'vhive'])('%s cannot listen where nobody made its folder', async (name) => {
  await using machine = await simulated();
  await expect(machine.bringAbout('systemd.unit', service(name))).rejects.toMatchObject({
    failure: {
      message: expect.stringContaining(`${name}.service does not stay up`),
      lastLines: [`listen unix ${sockets[name]}: bind: no such file or directory`],
    },
  });
});

test('facts.json has the last word on facts, and what is none is refused', async () => {
  await using machine = await simulated();
  const file = machine.host.localPath('/../facts.json');
  await writeFile(file, JSON.stringify({ cgroupVersion: 1, containerEngines: ['docker'] }));
  expect(await machine.host.facts()).toMatchObject({ cgroupVersion: 1, containerEngines: ['docker'], arch: 'amd64' });
  await writeFile(file, JSON.stringify({ cgroups: 1 }));
  await expect(machine.host.facts()).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('cgroups'),
  });
});

test('machines reach each other on ports that need root on a real host', async () => {
  await using machine = await simulated();
  const listener = await machine.host.listen('127.0.0.2', 179);
  await machine.host.connect('127.0.0.2', 179, { timeoutMs: 5_000 });
  await listener?.close();
});

test('what an agent left that was killed while it filled the directory is removed', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'vhive-simulated-'));
  const folder = join(directory, 'worker1/root/proc/sys/kernel');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, '.vhive-4194305-0a.tmp'), '');
  await createSimulatedHost({ directory, name: 'worker1', address: '127.0.0.2' });
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  await rm(directory, { recursive: true });
});
