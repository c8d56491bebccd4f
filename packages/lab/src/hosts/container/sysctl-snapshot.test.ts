import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { snapshotSysctls } from './sysctl-snapshot.ts';

it("copies the machine's kernel settings with their values and modes", async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sysctl-'));
  try {
    await snapshotSysctls(directory);
    const read = (root: string, name: string) => readFile(join(root, name), 'utf8');
    for (const setting of [
      'vm/overcommit_memory',
      'kernel/panic',
      'kernel/pid_max',
      'fs/file-max',
      'kernel/keys/maxkeys',
    ]) {
      expect(await read(directory, setting), setting).toBe(await read('/proc/sys', setting));
    }
    expect((await stat(join(directory, 'vm/swappiness'))).mode & 0o777).toBe(0o644);
    expect((await stat(join(directory, 'kernel/version'))).mode & 0o777).toBe(0o444);
    expect(await read(directory, 'vm/compact_memory')).toBe(''); // can only be written
    expect((await readdir(join(directory, 'fs'))).includes('inotify')).toBe(true);
  } finally {
    await rm(directory, { recursive: true });
  }
});
