import { mkdtemp, stat, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { facts } from '@vhive/shared';
import { expect, test } from 'vitest';
import { createRealHost } from './real-host.ts';

const rooted = async () => createRealHost({ root: await mkdtemp(join(tmpdir(), 'vhive-host-')) });

test('what is not there is undefined, empty or fine', async () => {
  const host = await rooted();
  expect(await host.readFile('/none')).toBeUndefined();
  expect(await host.stat('/none/below')).toBeUndefined();
  expect(await host.readLink('/none')).toBeUndefined();
  expect(await host.list('/none')).toEqual([]);
  await host.remove('/none');
});

test('files, directories and links under a root', async () => {
  const host = await rooted();
  await host.writeFile('/etc/x/file', 'text', { mode: '0640' });
  await host.symlink('/etc/x/file', '/etc/x/link');
  await host.makeDirectory('/etc/x/sub', { mode: '0700' });
  expect(await host.list('/etc/x')).toEqual(['file', 'link', 'sub']);
  expect(await host.stat('/etc/x/file')).toMatchObject({ type: 'file', mode: '0640', bytes: 4 });
  expect(await host.stat('/etc/x/link')).toMatchObject({ type: 'symlink' });
  expect(await host.stat('/etc/x/sub')).toMatchObject({ type: 'directory', mode: '0700' });
  expect(await host.readLink('/etc/x/link')).toBe('/etc/x/file');
  expect(await host.readLink('/etc/x/file')).toBeUndefined();
  await host.setAttributes('/etc/x/file', { mode: '0755' });
  expect((await stat(host.localPath('/etc/x/file'))).mode & 0o777).toBe(0o755);
});

test('an owner that the host does not know is named', async () => {
  const host = await rooted();
  await expect(host.writeFile('/f', '', { mode: '0644', owner: 'no-such-user' })).rejects.toThrow(
    'no user named no-such-user',
  );
});

test('a sparse file takes less than its size, and space is that of the nearest directory there is', async () => {
  const host = await rooted();
  await host.writeFile('/pool/data', '', { mode: '0600' });
  await truncate(host.localPath('/pool/data'), 2 ** 30);
  const status = await host.stat('/pool/data');
  expect(status?.bytes).toBe(2 ** 30);
  expect(status?.allocatedBytes).toBeLessThan(2 ** 20);
  const here = await host.space('/pool');
  const later = await host.space('/pool/snapshotter/devmapper');
  expect(here.freeBytes).toBeGreaterThan(0);
  expect(later.totalBytes).toBe(here.totalBytes);
});

test('facts of this machine are complete', async () => {
  const found = facts.parse(await createRealHost().facts());
  expect(found.cpus).toBeGreaterThan(0);
  expect(found.memoryBytes).toBeGreaterThan(2 ** 28);
  expect(found.root.totalBytes).toBeGreaterThan(found.root.freeBytes);
  expect(found.machineId).toMatch(/^[0-9a-f]{32}$/);
  expect(found.os.id).not.toBe('');
});
