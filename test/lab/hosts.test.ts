import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import {
  defaultLabDirectories,
  type LabHost,
  labDown,
  labExec,
  labHost,
  labKill,
  labLink,
  labList,
  labReboot,
  labUp,
} from '@vhive/lab/index';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { added, type MachineInventory, takeInventory } from './machine-inventory.ts';

const { cacheDir } = defaultLabDirectories();
const log = (line: string) => process.stderr.write(`lab: ${line}\n`);

let stateDir: string;
let shown: string;
let before: MachineInventory;
let hosts: LabHost[];

/** Returns the host with this number, as it is now. */
const host = (number: number) => labHost(`host-${number}`, { stateDir });
const up = (count: number, signal?: AbortSignal) =>
  labUp({
    hosts: count,
    cacheDir,
    stateDir,
    binds: [{ source: shown, target: '/mnt/shown', readOnly: true }],
    log,
    signal,
  });
const output = async (number: number, ...argv: string[]) => (await labExec(await host(number), argv)).stdout;
const shell = (number: number, script: string) => output(number, 'sh', '-ec', script);
const ping = async (from: number, to: number) =>
  (await labExec(await host(from), ['ping', '-c', '1', '-W', '1', `host-${to}`], { reject: false })).exitCode;

beforeAll(async () => {
  stateDir = await mkdtemp('/var/lib/vhive-lab-test-');
  shown = await mkdtemp('/var/lib/vhive-lab-shown-');
  await writeFile(join(shown, 'file'), 'from the machine\n');
  before = await takeInventory(stateDir);
  hosts = await up(2);
});

afterAll(async () => {
  await labDown({ stateDir, log });
  await rm(shown, { recursive: true });
});

describe('hosts', () => {
  it('have booted, each a machine of its own', async () => {
    expect(hosts.map(({ name }) => name)).toEqual(['host-1', 'host-2']);
    for (const number of [1, 2]) {
      expect(await output(number, 'systemctl', 'is-system-running')).toBe('running');
      expect(await output(number, 'hostname')).toBe(`host-${number}`);
      expect(await shell(number, 'ip -4 -br addr show eth0')).toContain(`${hosts[number - 1]?.address}/24`);
      expect(await output(number, 'cat', '/proc/self/cgroup')).not.toContain('..');
    }
    for (const own of ['/etc/machine-id', '/proc/sys/kernel/random/boot_id']) {
      expect(await output(1, 'cat', own), own).not.toBe(await output(2, 'cat', own));
    }
  });

  it('reach each other by name, and the machine', async () => {
    expect([await ping(1, 2), await ping(2, 1)]).toEqual([0, 0]);
    const refusal = await once(connect(9, hosts[0]?.address), 'connect').catch((error) => error.code);
    expect(refusal, 'nothing listens there, and the host says so').toBe('ECONNREFUSED');
  });

  it('are kept when they run already, and more are added', async () => {
    const again = await up(2);
    expect(again.map(({ leaderPid }) => leaderPid)).toEqual(hosts.map(({ leaderPid }) => leaderPid));
    const three = await up(3);
    expect(three.slice(0, 2)).toEqual(hosts);
    expect(await ping(1, 3)).toBe(0);
  });

  it('see what they are shown, and cannot change it when it is read-only', async () => {
    expect(await output(1, 'cat', '/mnt/shown/file')).toBe('from the machine');
    await expect(shell(1, 'echo x > /mnt/shown/file')).rejects.toThrow(/Read-only file system/);
  });

  it('install packages by apt without a network', async () => {
    await shell(1, 'apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes jq');
    expect(await shell(1, `echo '{"a": 7}' | jq .a`)).toBe('7');
  });

  it('can do what a container runtime and kubelet do', async () => {
    await shell(1, 'mkdir -p /var/lib/o/l /var/lib/o/u /var/lib/o/w /var/lib/o/m && echo lower > /var/lib/o/l/file');
    const mount =
      'mount -t overlay overlay -o lowerdir=/var/lib/o/l,upperdir=/var/lib/o/u,workdir=/var/lib/o/w /var/lib/o/m';
    expect(await shell(1, `${mount} && cat /var/lib/o/m/file && umount /var/lib/o/m`)).toBe('lower');
    expect(await shell(1, 'test -c /dev/kmsg && test -c /dev/fuse && echo there')).toBe('there');
    expect(await shell(1, 'findmnt --noheadings --output PROPAGATION /')).toBe('shared');
    // This is keyctl(KEYCTL_JOIN_SESSION_KEYRING), which runc calls for each container.
    const keyctl = process.arch === 'arm64' ? 219 : 250;
    expect(
      Number(await output(1, 'perl', '-e', `my $name = "lab"; print syscall(${keyctl}, 1, $name)`)),
    ).toBeGreaterThan(0);
    // Both ways of making groups are tried: by hand and by systemd, as the two cgroup drivers do.
    const controllers = (await readFile('/proc/self/cgroup', 'utf8')).includes(':memory:') ? '/memory' : '';
    const group = `/sys/fs/cgroup${controllers}/by-hand`;
    expect(
      await shell(1, `mkdir ${group} && echo $$ > ${group}/cgroup.procs && grep -c by-hand /proc/self/cgroup`),
    ).toBe('1');
    const limited = ['systemd-run', '--quiet', '--pipe', '--wait', '--collect', '-p', 'MemoryMax=64M', 'cat'];
    const text = await output(1, ...limited, '/proc/self/cgroup');
    expect(text).toMatch(/run-\S+\.service/);
  });

  it("change kernel settings of their own, never the machine's", async () => {
    const shared = ['vm/overcommit_memory', 'vm/swappiness', 'kernel/panic', 'kernel/pid_max', 'kernel/threads-max'];
    for (const setting of [...shared, 'kernel/keys/root_maxkeys', 'fs/inotify/max_user_watches']) {
      const file = `/proc/sys/${setting}`;
      const [machine, other] = [await readFile(file, 'utf8'), await output(2, 'cat', file)];
      const value = String(Number(machine) + 1);
      await shell(1, `echo ${value} > ${file}`);
      expect(await output(1, 'cat', file), setting).toBe(value);
      expect(await readFile(file, 'utf8'), setting).toBe(machine);
      expect(await output(2, 'cat', file), setting).toBe(other);
    }
    const ports = await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
    await shell(1, 'sysctl -w net.ipv4.ip_local_port_range="32769 65535" net.ipv4.ip_forward=1');
    expect(await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')).toBe(ports);
    await expect(shell(1, 'date --set=@1000000000')).rejects.toThrow(/Operation not permitted/);
  });
});

describe('programs in a host', () => {
  const cli = (...args: string[]) =>
    execa(process.execPath, [join(import.meta.dirname, 'lab-cli.ts'), ...args], {
      env: { VHIVE_LAB_DIR: stateDir, LEAK: 'x' },
      input: 'some input',
      reject: false,
    });

  it('get standard input, a clean environment and give their exit code', async () => {
    const result = await cli('exec', 'host-1', '--', 'sh', '-c', 'cat; echo " $LEAK$HOME"; exit 7');
    expect(result).toMatchObject({ stdout: 'some input /root', exitCode: 7 });
    expect(await cli('exec', 'host-1', 'sh', '-c', 'kill -9 $$')).toMatchObject({ exitCode: 137 });
    const unknown = await cli('exec', 'host-9', '--', 'true');
    expect(unknown.stderr).toContain('The lab has no host called host-9, only host-1, host-2, host-3.');
  });

  it('end with the signal of the caller', async () => {
    const controller = new AbortController();
    const running = labExec(await host(1), ['sh', '-c', 'echo $$; exec sleep 1000'], { signal: controller.signal });
    const pid = String(await new Promise((resolve) => running.stdout?.once('data', resolve))).trim();
    controller.abort();
    await expect(running).rejects.toThrow();
    await expect
      .poll(async () => (await labExec(await host(1), ['test', '-e', `/proc/${pid}`], { reject: false })).exitCode)
      .toBe(1);
  });

  it('are listed with their hosts', async () => {
    const { stdout } = await cli('ls', '--output', 'json');
    const [lab, result] = stdout.split('\n').map((line) => JSON.parse(line));
    expect(lab).toMatchObject({ type: 'lab', hosts: [{ name: 'host-1', state: 'running' }, {}, {}] });
    expect(result).toMatchObject({ type: 'result', exitCode: 0 });
  });
});

describe('failures', () => {
  it('cut a cable and plug it in again', async () => {
    await labLink('host-2', 'down', { stateDir });
    expect(await ping(1, 2)).not.toBe(0);
    expect(await output(2, 'cat', '/sys/class/net/eth0/carrier')).toBe('0');
    await labLink('host-2', 'up', { stateDir });
    await expect.poll(() => ping(1, 2), { timeout: 10_000 }).toBe(0);
  });

  it('a reboot keeps the disk and the address, and nothing else', async () => {
    const old = await host(2);
    await shell(
      2,
      'echo kept > /root/kept; echo gone > /run/gone; sysctl -w net.ipv4.ip_forward=1; ip link add old0 type bridge',
    );
    const rebooted = await labReboot('host-2', { stateDir, log });
    expect(rebooted).toMatchObject({ address: old.address, tree: old.tree });
    expect(rebooted.leaderPid).not.toBe(old.leaderPid);
    // The host as it was looked up before the reboot can still be used.
    expect((await labExec(old, ['cat', '/root/kept'])).stdout).toBe('kept');
    expect(await shell(2, 'test -e /run/gone || cat /proc/sys/net/ipv4/ip_forward; ip -br link')).toMatch(/^0\n/);
    expect(await shell(2, 'ip -br link')).not.toContain('old0');
    expect(await ping(1, 2)).toBe(0);
  });

  it('hosts reboot at once, and none waits for the other', async () => {
    const before = [await host(1), await host(3)];
    const lines: string[] = [];
    const say = (line: string) => void lines.push(line);
    const after = await Promise.all(before.map(({ name }) => labReboot(name, { stateDir, log: say })));
    for (const [at, old] of before.entries()) expect(after[at]?.leaderPid, old.name).not.toBe(old.leaderPid);
    expect(lines.filter((line) => line.startsWith('waiting for another command'))).toEqual([]);
    expect(await ping(1, 3)).toBe(0);
  });

  it('a host that reboots by itself comes back', async () => {
    const old = await host(3);
    await labExec(old, ['systemctl', 'reboot'], { reject: false });
    await expect
      .poll(async () => (await labList({ stateDir }))[2]?.host?.leaderPid ?? old.leaderPid, { timeout: 60_000 })
      .not.toBe(old.leaderPid);
    const state = async () =>
      (await labExec(await host(3), ['systemctl', 'is-system-running'], { reject: false })).stdout;
    await expect.poll(() => state().catch(String), { timeout: 60_000 }).toBe('running');
  });

  it('a power cut loses the host until it is switched on again', async () => {
    await shell(2, 'echo kept > /root/power; sync');
    await labKill('host-2', { stateDir });
    expect((await labList({ stateDir })).map(({ state }) => state)).toEqual(['running', 'off', 'running']);
    await expect(host(2)).rejects.toMatchObject({ code: 'unreachable' });
    await up(3);
    expect(await output(2, 'cat', '/root/power')).toBe('kept');
    expect(await ping(1, 2)).toBe(0);
  });
});

describe('removal', () => {
  it('leaves nothing behind', async () => {
    await labDown({ stateDir, log });
    expect(added(before, await takeInventory(stateDir))).toEqual({});
    expect(existsSync(stateDir)).toBe(false);
    expect(await labList({ stateDir })).toEqual([]);
  });

  it.each([30, 150, 400, 900])('leaves nothing of a lab whose making was stopped after %d ms', async (milliseconds) => {
    await expect(up(2, AbortSignal.timeout(milliseconds))).rejects.toMatchObject({ code: 'interrupted' });
    await labDown({ stateDir, log });
    expect(added(before, await takeInventory(stateDir))).toEqual({});
    expect(existsSync(stateDir)).toBe(false);
  });

  it.each([700, 1500, 2500])('leaves nothing of a lab whose maker was killed after %d ms', async (milliseconds) => {
    const script = join(import.meta.dirname, 'make-hosts.ts');
    const env = { VHIVE_LAB_DIR: stateDir, VHIVE_LAB_CACHE: cacheDir };
    await execa(process.execPath, [script], { env, timeout: milliseconds, killSignal: 'SIGKILL', reject: false });
    await labDown({ stateDir, log });
    expect(added(before, await takeInventory(stateDir))).toEqual({});
    expect(existsSync(stateDir)).toBe(false);
  });

  it('needs no state file', async () => {
    await up(1);
    await rm(join(stateDir, 'lab.json'));
    await labDown({ stateDir, log });
    expect(added(before, await takeInventory(stateDir))).toEqual({});
    expect(await readdir(stateDir).catch(() => 'gone')).toBe('gone');
  });

  it('of no lab does nothing', async () => {
    await labDown({ stateDir, log });
    expect(existsSync(stateDir)).toBe(false);
  });
});
