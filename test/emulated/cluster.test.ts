import type { Facts } from '@vhive/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabCluster } from '../lab/cluster/lab-cluster.ts';

// A cluster whose control plane is a container and whose only worker, host-2, is a machine under qemu. So the function
// with which `up` ends runs there.

let cluster: LabCluster;

beforeAll(async () => {
  cluster = await LabCluster.prepare();
  await cluster.hosts(1, 'full', 1);
});

afterAll(() => cluster.down());

const inside = (script: string) => cluster.shell('host-2', script);
const settings = () =>
  inside(`sysctl -n net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables
    test -d /sys/module/overlay && test -d /sys/module/br_netfilter && echo modules
    swapon --noheadings --show | wc -l`);

describe('a worker with a kernel of its own', () => {
  it('tells that it has KVM and how slow it is', async () => {
    const { result } = await (await cluster.up('--until', 'preflight')).outcome();
    expect(result).toMatchObject({ exitCode: 0 });
    const listing = await cluster.run('host-1', ['vhive-coord', 'nodes', 'ls', '--output', 'json']);
    const nodes = listing
      .split('\n')
      .filter(Boolean)
      .flatMap((line) => (JSON.parse(line) as { nodes?: { name: string; facts: Facts }[] }).nodes ?? []);
    const facts = nodes.find(({ name }) => name === 'host-2')?.facts;
    expect(facts).toMatchObject({ kvm: { present: true, usable: true }, cgroupVersion: 2 });
    expect(facts?.slowdown).toBeGreaterThan(1);
  });

  it('is set up, and its settings hold over a reboot, with the swap that it had still off', async () => {
    await inside(`fallocate -l 64M /swap && chmod 600 /swap && mkswap /swap && swapon /swap
      echo '/swap none swap sw 0 0' >> /etc/fstab`);
    const { result, stderr } = await (await cluster.up('--until', 'system')).outcome();
    expect(result, stderr).toMatchObject({ outcome: 'done', exitCode: 0 });
    expect(await settings()).toBe('1\n1\nmodules\n0');
    await cluster.reboot('host-2');
    expect(await settings()).toBe('1\n1\nmodules\n0');
  });

  it('joins, runs the test function, and is ready again after a reboot', async () => {
    const { result, stderr } = await (await cluster.up()).outcome();
    expect(result, stderr).toMatchObject({ outcome: 'ready', exitCode: 0 });
    expect(await cluster.nodes()).toEqual({ 'host-1': 'Ready', 'host-2': 'Ready' });
    await cluster.reboot('host-2');
    await expect
      .poll(() => cluster.nodes(), { timeout: 600_000, interval: 5_000 })
      .toMatchObject({ 'host-2': 'Ready' });
  });
});
