import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ensureInotifyInstances } from './inotify-instances.ts';

let proc: string;
let lines: string[];

const limitFile = () => join(proc, 'sys/fs/inotify/max_user_instances');
const ensure = (hosts: number) =>
  ensureInotifyInstances({ hosts, cgroup: 'vhive-lab-1234', log: (line) => lines.push(line) }, proc);

/** Makes a process that holds so many inotify instances. */
async function makeProcess(pid: number, instances: number, cgroup: string): Promise<void> {
  await mkdir(join(proc, String(pid), 'fd'), { recursive: true });
  await symlink('/dev/null', join(proc, String(pid), 'fd/0'));
  for (let fd = 1; fd <= instances; fd += 1) await symlink('anon_inode:inotify', join(proc, `${pid}/fd/${fd}`));
  await writeFile(join(proc, String(pid), 'cgroup'), `2:pids:${cgroup}\n1:name=systemd:${cgroup}\n`);
}

beforeEach(async () => {
  proc = await mkdtemp(join(tmpdir(), 'vhive-proc-'));
  lines = [];
  await mkdir(dirname(limitFile()), { recursive: true });
  await writeFile(limitFile(), '128\n');
  await makeProcess(7, 1, '/');
});

afterEach(() => rm(proc, { recursive: true }));

test('a limit that is large enough stays', async () => {
  await ensure(1);
  expect(await readFile(limitFile(), 'utf8')).toBe('128\n');
  expect(lines).toEqual([]);
});

test('the limit is raised for many hosts, and it is said', async () => {
  await ensure(4);
  expect(await readFile(limitFile(), 'utf8')).toBe('8192\n');
  expect(lines).toEqual([expect.stringMatching(/max_user_instances .* from 128 to 8192, .*\b1 of 128 are in use/)]);
  await ensure(4);
  expect(lines).toHaveLength(1);
  await ensure(300);
  expect(Number(await readFile(limitFile(), 'utf8'))).toBeGreaterThan(8192);
});

test('what another lab holds counts, what this one holds does not', async () => {
  await makeProcess(8, 100, '/vhive-lab-1234/host-1');
  await makeProcess(9, 100, '/system.slice/vhive-lab-1234-host-2.scope');
  await ensure(1);
  expect(lines).toEqual([]);
  await makeProcess(10, 100, '/vhive-lab-5678/host-1/system.slice');
  await ensure(1);
  expect(lines).toEqual([expect.stringContaining('101 of 128 are in use')]);
});

test('a limit that cannot be raised is an error that says what to do', async () => {
  // The kernel lets nobody write this number, which is about 40.
  await rm(limitFile());
  await symlink('/proc/sys/kernel/cap_last_cap', limitFile());
  await expect(ensure(3)).rejects.toMatchObject({
    code: 'preflight',
    message: expect.stringMatching(/3 host\(s\) need about \d+ inotify instances, .* cannot be raised: E/),
    hint: expect.stringContaining('sysctl -w fs.inotify.max_user_instances=8192'),
  });
});

test('no containers need nothing, and a kernel without the limit has none', async () => {
  await rm(limitFile());
  await ensure(3);
  await writeFile(limitFile(), '1\n');
  await ensure(0);
  expect(lines).toEqual([]);
});
