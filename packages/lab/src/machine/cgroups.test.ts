import { mkdtempDisposable, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hierarchiesOf, raiseWeight } from './cgroups.ts';
import { type Mount, parseMountInfo } from './mounts.ts';

const hybrid = parseMountInfo(
  [
    '31 24 0:27 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755',
    '32 31 0:28 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw',
    '33 31 0:29 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd',
    '34 31 0:30 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct',
    '35 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime shared:9 - cgroup cgroup rw,cpuset',
  ].join('\n'),
);

describe('hierarchiesOf', () => {
  it('finds every hierarchy with the own group in it', () => {
    const text = '9:name=systemd:/user\n4:cpu,cpuacct:/limits/a\n3:cpuset:/\n0::/user/one\n';
    expect(hierarchiesOf(text, hybrid)).toEqual([
      { mountPoint: '/sys/fs/cgroup/systemd', controllers: [], version: 1, own: '/sys/fs/cgroup/systemd/user' },
      {
        mountPoint: '/sys/fs/cgroup/cpu,cpuacct',
        controllers: ['cpu', 'cpuacct'],
        version: 1,
        own: '/sys/fs/cgroup/cpu,cpuacct/limits/a',
      },
      { mountPoint: '/sys/fs/cgroup/cpuset', controllers: ['cpuset'], version: 1, own: '/sys/fs/cgroup/cpuset' },
      { mountPoint: '/sys/fs/cgroup/unified', controllers: [], version: 2, own: '/sys/fs/cgroup/unified/user/one' },
    ]);
  });

  it('leaves out what is not mounted', () => {
    expect(hierarchiesOf('7:memory:/a\n', hybrid)).toEqual([]);
    expect(hierarchiesOf('0::/a\n', [])).toEqual([]);
  });

  it('looks below the part of a hierarchy that is mounted', () => {
    const part: Mount = { root: '/docker/abc', target: '/sys/fs/cgroup', type: 'cgroup2', superOptions: ['rw'] };
    expect(hierarchiesOf('0::/docker/abc/service\n', [part])[0]?.own).toBe('/sys/fs/cgroup/service');
    // The process's own group is outside of what is mounted, so the mounted part is all that there is to work with.
    expect(hierarchiesOf('0::/elsewhere\n', [part])[0]?.own).toBe('/sys/fs/cgroup');
    expect(hierarchiesOf('0::/../other\n', [{ ...part, root: '/' }])[0]?.own).toBe('/sys/fs/cgroup');
  });
});

describe('raiseWeight', () => {
  it.each([
    [1, 'cpu.shares', '1024', '8192'],
    [1, 'cpu.shares', '12288', '12288'],
    [2, 'cpu.weight', '100', '800'],
  ] as const)('version %i: %s of %s becomes %s', async (version, file, before, after) => {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'vhive-weight-'));
    await writeFile(join(directory.path, file), `${before}\n`);
    await raiseWeight(directory.path, version, 8);
    expect((await readFile(join(directory.path, file), 'utf8')).trim()).toBe(after);
  });

  it('leaves a group alone that shares out no processor time', async () => {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'vhive-weight-'));
    await raiseWeight(directory.path, 1, 8);
    expect(await readdir(directory.path)).toEqual([]);
  });
});
