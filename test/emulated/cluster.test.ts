import type { Facts } from '@vhive/shared';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabCluster } from '../lab/cluster/lab-cluster.ts';
import { inPod } from '../lab/cluster/pods.ts';
import { firecrackerFile, pauseOn } from './emulated-cluster.ts';

// A cluster whose control plane is a container and whose only worker, host-2, is a machine under qemu.

let cluster: LabCluster;

beforeAll(async () => {
  cluster = await LabCluster.prepare();
  await cluster.hosts(1, 'kubernetes-only', 1);
});

afterAll(() => cluster.down());

const inside = (script: string) => cluster.shell('host-2', script);

/** What the system set-up has to bring about, and to bring back at each boot. */
const settings = () =>
  inside(`sysctl -n net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables
    sysctl -n net.ipv4.neigh.default.gc_thresh3 fs.inotify.max_user_instances
    lsmod | awk '{ print $1 }' | grep -xE 'overlay|br_netfilter' | sort
    swapon --noheadings --show | wc -l`);
const wantedSettings = '1\n1\n4096\n8192\nbr_netfilter\noverlay\n0';

/** What microVMs need: the thin pool, in the kernel's own words, and their network. */
const microVmNeeds = () => inside('dmsetup status fc-dev-thinpool; nft list table ip vhive | grep -c masquerade');
const wantedNeeds = /^0 20971520 thin-pool .* rw .*\n1$/;

describe('a worker with a kernel of its own', () => {
  it('tells that it has KVM and how slow it is, and passes preflight', async () => {
    const { result, stderr } = await (await cluster.up('--until', 'preflight')).outcome();
    expect(result, stderr).toMatchObject({ outcome: 'done', exitCode: 0 });
    const listing = await cluster.run('host-1', ['vhive-coord', 'nodes', 'ls', '--output', 'json']);
    const nodes = listing
      .split('\n')
      .filter(Boolean)
      .flatMap((line) => (JSON.parse(line) as { nodes?: { name: string; facts: Facts }[] }).nodes ?? []);
    const facts = nodes.find(({ name }) => name === 'host-2')?.facts;
    expect(facts).toMatchObject({ kvm: { present: true, usable: true }, cgroupVersion: 2 });
    expect(facts?.slowdown).toBeGreaterThan(1);
  });

  it('is not touched for microVMs where the mirror lacks their files: the run is refused, and says which and where they are', async () => {
    await inside(`fallocate -l 64M /swap && chmod 600 /swap && mkswap /swap && swapon /swap
      echo '/swap none swap sw 0 0' >> /etc/fstab`);
    await cluster.set(['sandbox'], 'firecracker');
    await cluster.set(['firecracker'], { thinPool: { dataGiB: 10, metadataGiB: 1 } });
    const { result, stderr } = await (await cluster.up('--until', 'firecracker')).outcome();
    expect(result, stderr).toMatchObject({ outcome: 'error', code: 'usage', exitCode: 2 });
    for (const name of ['firecracker', 'jailer'] as const) {
      expect(stderr).toContain(`the mirror has no ${name}`);
      expect(stderr).toContain(`it is published at ${firecrackerFile(name)}`);
    }
    expect(stderr).toContain('vhive-coord mirror pull --config vhive.yaml --to /var/lib/vhive-mirror');
    expect(await inside('ls /etc/sysctl.d /usr/local/bin; swapon --noheadings --show')).toMatch(/\n\/swap\s/);
    expect(await inside('ls /etc/sysctl.d /usr/local/bin')).not.toMatch(/vhive\.conf|firecracker/);
  });

  it('gets all that microVMs need, up to the program that is only a stand-in', async () => {
    await cluster.set(['firecracker', 'vhiveRef'], 'standin');
    const { result, stderr } = await (await cluster.up('--until', 'firecracker')).outcome();
    expect(result, stderr).toMatchObject({ outcome: 'failed', exitCode: 4 });
    expect(stderr).toContain('firecracker-containerd.service does not stay up');
    expect(await settings()).toBe(wantedSettings);
    expect(await microVmNeeds()).toMatch(wantedNeeds);
  });

  it('has all of it again after a reboot, and the swap that it had is still off', async () => {
    await cluster.reboot('host-2');
    expect(await settings()).toBe(wantedSettings);
    expect(await microVmNeeds()).toMatch(wantedNeeds);
  });

  it('joins as a usual worker and runs a pod', async () => {
    // The stand-in ends at once, so systemd would start it again and again for as long as the host lives.
    await inside('systemctl disable --now firecracker-containerd');
    await cluster.set(['sandbox'], 'stock-only');
    await cluster.set(['firecracker'], {});
    const { result, stderr } = await (await cluster.up()).outcome();
    expect(result, stderr).toMatchObject({ outcome: 'ready', exitCode: 0 });
    expect(await cluster.nodes()).toEqual({ 'host-1': 'Ready', 'host-2': 'Ready' });
    const pod = await pauseOn(cluster, 'host-2');
    expect(await inPod(cluster, pod, ['ping', '-c', '1', '-W', '5', '10.244.0.1'])).toContain(' 0% packet loss');
  });

  it('is a Ready node again after a reboot, without a hand', async () => {
    const bootId = 'jsonpath={.status.nodeInfo.bootID}';
    const before = await cluster.kubectl('get', 'node', 'host-2', '-o', bootId);
    await cluster.reboot('host-2');
    await expect
      .poll(() => cluster.kubectl('get', 'node', 'host-2', '-o', bootId), { timeout: 600_000, interval: 5_000 })
      .not.toBe(before);
    await cluster.kubectl('wait', 'node/host-2', '--for=condition=Ready', '--timeout=600s');
    await cluster.kubectl('wait', 'pod/on-host-2', '--for=condition=Ready', '--timeout=600s');
  });

  it('has nothing left to do', async () => {
    const { result, stderr } = await (await cluster.up()).outcome();
    expect(result, stderr).toMatchObject({ outcome: 'ready', exitCode: 0, changed: 0 });
  });
});
