import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  defaultLabDirectories,
  labDown,
  labExec,
  labHost,
  labKill,
  labLink,
  labList,
  labReboot,
  labUp,
} from '@vhive/lab/index';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { added, type MachineInventory, takeInventory } from '../lab/machine-inventory.ts';

const { cacheDir } = defaultLabDirectories();
const log = (line: string) => process.stderr.write(`lab: ${line}\n`);

let stateDir: string;
let shown: string;
let before: MachineInventory;

const host = () => labHost('host-2', { stateDir });
const output = async (...argv: string[]) => (await labExec(await host(), argv)).stdout;
const shell = (script: string) => output('sh', '-ec', script);
const reached = async () =>
  (await labExec(await labHost('host-1', { stateDir }), ['ping', '-c', '1', '-W', '2', 'host-2'], { reject: false }))
    .exitCode === 0;

beforeAll(async () => {
  stateDir = await mkdtemp('/var/lib/vhive-lab-test-');
  shown = await mkdtemp('/var/lib/vhive-lab-shown-');
  await writeFile(join(shown, 'file'), 'from the machine\n');
  before = await takeInventory(stateDir);
  const binds = [{ source: shown, target: '/mnt/shown', readOnly: true }];
  await labUp({ hosts: 1, emulated: 1, cacheDir, stateDir, binds, log });
});

afterAll(async () => {
  await labDown({ stateDir, log });
  await rm(shown, { recursive: true });
});

describe('an emulated host', () => {
  it('is a machine of its own, beside a container', async () => {
    expect(await labList({ stateDir })).toMatchObject([
      { name: 'host-1', kind: 'container', state: 'running' },
      { name: 'host-2', kind: 'emulated', state: 'running' },
    ]);
    expect(await output('systemctl', 'is-system-running')).toBe('running');
    expect(await shell('hostname; systemd-detect-virt || true; findmnt -no FSTYPE /')).toBe('host-2\nqemu\next4');
    expect(await output('cat', '/sys/fs/cgroup/cgroup.controllers')).toContain('cpuset cpu io memory');
    expect(await reached()).toBe(true);
    // The line to the lab is not among its network cards.
    expect(await shell('ls /sys/class/net')).toBe('eth0\nlo');
  });

  it('has the kernel features that containers here lack: modules, the device mapper and KVM', async () => {
    await shell('modprobe -a dm_thin_pool overlay br_netfilter ipip vxlan nf_tables ip_set ip_vs');
    expect(await shell('test -c /dev/mapper/control && test -r /dev/kvm -a -w /dev/kvm && echo there')).toBe('there');
  });

  it('sees what it is shown, and installs packages without a network', async () => {
    expect(await output('cat', '/mnt/shown/file')).toBe('from the machine');
    await expect(shell('echo x > /mnt/shown/file')).rejects.toThrow(/Read-only file system/);
    await shell('apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes jq');
    expect(await shell(`echo '{"a": 7}' | jq .a`)).toBe('7');
  });

  it('runs programs with their input, variables, exit codes and signals', async () => {
    const options = { input: 'some input', env: { SECRET: 'x y' }, cwd: '/tmp', reject: false };
    const script = 'cat; echo " $SECRET$HOME"; pwd; cat /proc/net/dev | grep -c eth0; exit 7';
    const result = await labExec(await host(), ['sh', '-c', script], options);
    expect(result).toMatchObject({ stdout: 'some input x y/root\n/tmp\n1', exitCode: 7 });
    const killed = await labExec(await host(), ['sh', '-c', 'kill -9 $$'], { reject: false });
    expect(killed.signal).toBe('SIGKILL');
    const controller = new AbortController();
    const running = labExec(await host(), ['sh', '-c', 'echo $$; exec sleep 10000'], { signal: controller.signal });
    const pid = String(await new Promise((resolve) => running.stdout?.once('data', resolve))).trim();
    controller.abort();
    await expect(running).rejects.toThrow();
    expect((await labExec(await host(), ['test', '-e', `/proc/${pid}`], { reject: false })).exitCode).toBe(1);
  });

  it('sees its cable cut, and answers the lab all the same', async () => {
    await labLink('host-2', 'down', { stateDir });
    expect(await output('cat', '/sys/class/net/eth0/carrier')).toBe('0');
    expect(await reached()).toBe(false);
    await labLink('host-2', 'up', { stateDir });
    await expect.poll(reached, { timeout: 60_000 }).toBe(true);
  });

  it('keeps its disk, its name and its address over a reboot and a power cut, and nothing else', async () => {
    const bootId = () => output('cat', '/proc/sys/kernel/random/boot_id');
    await shell('echo kept > /root/kept; echo gone > /run/gone; sysctl -q -w net.ipv4.ip_forward=1; sync');
    const first = await bootId();
    await labReboot('host-2', { stateDir, log });
    const second = await bootId();
    expect(second).not.toBe(first);
    expect(await shell('cat /root/kept; test -e /run/gone || cat /proc/sys/net/ipv4/ip_forward')).toBe('kept\n0');
    await labKill('host-2', { stateDir });
    expect((await labList({ stateDir }))[1]).toMatchObject({ state: 'off' });
    await labReboot('host-2', { stateDir, log });
    expect(await bootId()).not.toBe(second);
    expect(await shell('cat /root/kept; hostname; ip -4 -br addr show eth0')).toMatch(
      /^kept\nhost-2\n.*10\.\d+\.\d+\.12/,
    );
    expect(await reached()).toBe(true);
  });
});

it('is gone without a trace when the lab is down', async () => {
  await labDown({ stateDir, log });
  expect(added(before, await takeInventory(stateDir))).toEqual({});
});
